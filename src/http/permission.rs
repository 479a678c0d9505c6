//! Who may: an argument of the handler, so that no handler can forget to ask.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::path::path_id;
use crate::app::App;
use crate::domain::ids::HoldId;
use crate::domain::payment_token::Possession;
use crate::error::ApiError;

/// The header that proves possession of the hold in the path.
pub const PAYMENT_TOKEN_HEADER: &str = "X-Payment-Token";

/// The hold in the path, and whether the caller proved to possess it. Judging is `decide`'s: a hold that does not exist
/// is "not found" whatever token came with it. No token at all refutes like a wrong one.
pub struct ClaimedHold {
    pub hold_id: HoldId,
    pub possession: Possession,
}

impl FromRequest for ClaimedHold {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(claimed_hold(request))
    }
}

fn claimed_hold(request: &HttpRequest) -> Result<ClaimedHold, ApiError> {
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the route table is missing App")))?;
    let hold_id = path_id(request)?;
    let token = request.headers().get(PAYMENT_TOKEN_HEADER).and_then(|value| value.to_str().ok());
    let possession = token.map_or(Possession::Refuted, |token| app.tokens.verify(hold_id, token));
    Ok(ClaimedHold { hold_id, possession })
}

/// Somebody who runs the service or an event. There are no accounts yet, so everybody is let through, and whoever
/// deploys the service keeps these routes behind a proxy; when accounts come, this is where they are asked.
pub struct Operator;

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}
