//! A layout as CSV: the body has the seats, and query parameters have the other fields.

use actix_web::web::Bytes;
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::seating::{LayoutDraft, PointDraft};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::error::{ApiError, ErrorCode};
use crate::venues::model::csv;

/// Query parameters with a CSV body. A JSON body has these fields itself.
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
    /// With `text/csv`: x of the point that the audience looks at, in centimetres. Needs `focal_y`. Default: as in the
    /// venue's newest layout; for a new venue, the middle of the front.
    #[param(value_type = Option<i64>, minimum = -100_000, maximum = 100_000)]
    focal_x: Option<String>,
    /// With `text/csv`: y of the same point, in centimetres. Needs `focal_x`.
    #[param(value_type = Option<i64>, minimum = -100_000, maximum = 100_000)]
    focal_y: Option<String>,
}

impl SheetParams {
    /// Rejects all parameters, for requests with a JSON body.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with the first parameter that is present.
    pub(super) fn reject_all(&self) -> Result<(), ApiError> {
        let Self { name, address, focal_x, focal_y } = self;
        let given = [("name", name), ("address", address), ("focal_x", focal_x), ("focal_y", focal_y)];
        match given.into_iter().find(|(_, value)| value.is_some()) {
            Some((parameter, _)) => {
                Err(ApiError::invalid(parameter, "is only allowed with a text/csv body; send it in the JSON body"))
            }
            None => Ok(()),
        }
    }

    /// Parses the CSV body, and adds the focal point from the parameters.
    ///
    /// # Errors
    /// `MALFORMED_REQUEST` if the body is not UTF-8; `VALIDATION_FAILED` with the line or parameter.
    pub(super) fn layout_draft(&self, csv: &Bytes) -> Result<LayoutDraft, ApiError> {
        let text = std::str::from_utf8(csv)
            .map_err(|_| ApiError::new(ErrorCode::MalformedRequest).with_detail("The body is not UTF-8"))?;
        Ok(LayoutDraft { focal_point: self.focal_point()?, sections: csv::parse(text)? })
    }

    fn focal_point(&self) -> Result<Option<PointDraft>, ApiError> {
        let coordinate = |parameter, text: &str| {
            text.parse().map_err(|_| ApiError::invalid(parameter, "must be a whole number of centimetres"))
        };
        match (&self.focal_x, &self.focal_y) {
            (None, None) => Ok(None),
            (Some(x), Some(y)) => Ok(Some(PointDraft { x: coordinate("focal_x", x)?, y: coordinate("focal_y", y)? })),
            (Some(_), None) => Err(ApiError::invalid("focal_y", "is required together with focal_x")),
            (None, Some(_)) => Err(ApiError::invalid("focal_x", "is required together with focal_y")),
        }
    }
}

/// Converts an error, with the parameter's name as pointer if the field is a query parameter. Errors of CSV lines keep
/// their pointer.
pub(super) fn parameter_error(fault: Invalid) -> ApiError {
    let parameter = match fault.pointer.as_str() {
        "/name" => "name",
        "/address" => "address",
        "/focal_point/x" => "focal_x",
        "/focal_point/y" => "focal_y",
        _ => return fault.into(),
    };
    ApiError::invalid(parameter, fault.detail)
}
