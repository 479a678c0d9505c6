//! A layout as CSV: the body has the seats, the query parameters have what else a request says.

use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::domain::invalid::Invalid;
use crate::domain::seating::{LayoutDraft, PointDraft, csv};
use crate::error::{ApiError, ErrorCode};

/// Beside a body of CSV; JSON has these fields itself.
#[derive(Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SheetParams {
    /// With `text/csv`: the venue's name.
    #[param(max_length = 200)]
    pub(super) name: Option<String>,
    /// With `text/csv`: the venue's address.
    #[param(max_length = 500)]
    pub(super) address: Option<String>,
    /// With `text/csv`: what people come to look at, in centimetres; together with `focal_y`. Without them: as in the venue's
    /// newest layout, and of a new venue the middle of the front.
    #[param(value_type = Option<i64>, minimum = -100_000, maximum = 100_000)]
    focal_x: Option<String>,
    #[param(value_type = Option<i64>, minimum = -100_000, maximum = 100_000)]
    focal_y: Option<String>,
}

impl SheetParams {
    /// A request of JSON says everything in its body.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` at the first parameter.
    pub(super) fn absent(&self) -> Result<(), ApiError> {
        let Self { name, address, focal_x, focal_y } = self;
        let given = [("name", name), ("address", address), ("focal_x", focal_x), ("focal_y", focal_y)];
        match given.into_iter().find(|(_, value)| value.is_some()) {
            Some((parameter, _)) => Err(ApiError::invalid(parameter, "belongs to the body where that is JSON")),
            None => Ok(()),
        }
    }

    /// The layout that the parameters and the sheet make together.
    ///
    /// # Errors
    /// `MALFORMED_REQUEST` if it is not UTF-8; `VALIDATION_FAILED` at a line or a parameter.
    pub(super) fn layout_draft(&self, sheet: &Bytes) -> Result<LayoutDraft, ApiError> {
        let text = std::str::from_utf8(sheet)
            .map_err(|_| ApiError::new(ErrorCode::MalformedRequest).detail("The body is not UTF-8"))?;
        Ok(LayoutDraft { focal_point: self.focal_point()?, sections: csv::parse(text)? })
    }

    fn focal_point(&self) -> Result<Option<PointDraft>, ApiError> {
        let coordinate = |parameter, text: &str| {
            text.parse().map_err(|_| ApiError::invalid(parameter, "must be a whole number of centimetres"))
        };
        match (&self.focal_x, &self.focal_y) {
            (None, None) => Ok(None),
            (Some(x), Some(y)) => Ok(Some(PointDraft { x: coordinate("focal_x", x)?, y: coordinate("focal_y", y)? })),
            (Some(_), None) => Err(ApiError::invalid("focal_y", "is required beside focal_x")),
            (None, Some(_)) => Err(ApiError::invalid("focal_x", "is required beside focal_y")),
        }
    }
}

/// A fault of a field that came as a parameter, by the parameter's name. Those of lines stay what they are.
pub(super) fn of_parameter(fault: Invalid) -> ApiError {
    let parameter = match fault.pointer.as_str() {
        "/name" => "name",
        "/address" => "address",
        "/focal_point/x" => "focal_x",
        "/focal_point/y" => "focal_y",
        _ => return fault.into(),
    };
    ApiError::invalid(parameter, fault.detail)
}
