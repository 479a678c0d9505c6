//! What is measured: one module per scenario, each with its flags, its run, its results and its section of the report.

pub mod hold_throughput;
