//! Settings. Placeholder: the real one is being written beside.

use std::time::Duration;

use crate::domain::hold_rules::HoldRules;

#[derive(Clone, Debug)]
pub struct Settings {
    pub app_name: String,
    pub inventory: InventorySettings,
    pub hold_rules: HoldRules,
    pub sweep_interval: Duration,
    pub http_workers: usize,
    pub shutdown_timeout: Duration,
}

#[derive(Clone, Debug)]
pub struct InventorySettings {
    pub lanes: usize,
    pub batch_max: usize,
    pub lane_queue_max: usize,
    pub mode: InventoryMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InventoryMode {
    Lanes,
    PerRequest,
}
