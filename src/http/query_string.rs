//! `QueryString<T>`: parsed query parameters. Errors name the parameter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::fault::Fault;
use crate::error::{ApiError, ErrorCode};

/// Parsed query parameters. `T` should have `deny_unknown_fields`, so that a misspelt filter is refused and not
/// ignored. Its fields are text.
pub struct QueryString<T>(pub T);

impl<T: DeserializeOwned> FromRequest for QueryString<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let parameters = Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|error| ApiError::new(ErrorCode::MalformedRequest).with_detail(error.to_string()))?;
    let parameters = parameters.into_inner().into_iter().map(|(name, text)| (name, Text(text)));
    T::deserialize(MapDeserializer::new(parameters)).map_err(Fault::in_query)
}

/// Value of a parameter. Unlike serde's deserialiser of strings, it is also an `Option` that is present.
struct Text(String);

impl IntoDeserializer<'_, Fault> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Text {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
