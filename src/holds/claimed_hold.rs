//! The hold in the path, with the proof that the caller possesses it: an argument of a handler.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use boxoffice_engine::ids::HoldId;
use boxoffice_engine::model::hold::Possession;

use super::payment_token::PaymentTokens;
use crate::error::ApiError;
use crate::http::path::path_id;

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
    let tokens = request
        .app_data::<web::Data<PaymentTokens>>()
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the server is missing PaymentTokens")))?;
    let hold_id = path_id(request)?;
    let token = request.headers().get(PAYMENT_TOKEN_HEADER).and_then(|value| value.to_str().ok());
    let possession = token.map_or(Possession::Refuted, |token| tokens.verify(hold_id, token));
    Ok(ClaimedHold { hold_id, possession })
}
