//! Permissions as arguments of handlers, so that the handler's signature shows them and no call can be forgotten.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::path::path_id;
use crate::app::App;
use crate::error::ApiError;
use boxoffice_engine::ids::HoldId;
use boxoffice_engine::model::hold::Possession;

/// Header with the payment token of the hold in the path.
pub const PAYMENT_TOKEN_HEADER: &str = "X-Payment-Token";

/// The hold in the path, and whether the payment token belongs to it. A missing token counts as a wrong one. The
/// refusal is left to `decide`, because a hold that does not exist is "not found" whatever the token is.
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

/// Permission for operators of the service and organisers of events. There are no accounts yet, so every request
/// passes; a deployment must protect these routes with a proxy. Accounts will be checked here.
pub struct Operator;

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}
