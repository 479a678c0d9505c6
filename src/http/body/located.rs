//! `Located`: deserialises JSON text and reports the first error as a [`Fault`] with its path.
//!
//! Only for bodies that `serde_json` has refused: it reads each value once per level of nesting. Containers are
//! streamed, so a large invalid body takes no more memory than its text, and repeated members are seen.

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;
use serde_json::value::RawValue;

use crate::http::fault::Fault;

/// A JSON value, not yet parsed.
pub struct Located<'de>(pub &'de RawValue);

impl<'de> Located<'de> {
    /// First byte, which tells the type: `RawValue` is valid JSON without white space around it.
    fn first_byte(&self) -> u8 {
        self.0.get().as_bytes().first().copied().unwrap_or_default()
    }

    fn number(&self) -> Result<Number, Fault> {
        serde_json::from_str(self.0.get()).map_err(|_| Fault::Unreadable)
    }

    /// Error for a value that is not `expected`.
    fn wrong_type(&self, expected: &str) -> Fault {
        match self.first_byte() {
            b'n' => Fault::wrong_type(expected, Unexpected::Unit),
            b't' => Fault::wrong_type(expected, Unexpected::Bool(true)),
            b'f' => Fault::wrong_type(expected, Unexpected::Bool(false)),
            b'"' => Fault::wrong_type(expected, Unexpected::Str("")),
            b'[' => Fault::wrong_type(expected, Unexpected::Seq),
            b'{' => Fault::wrong_type(expected, Unexpected::Map),
            _ => match self.number() {
                Ok(number) => Fault::wrong_type(expected, unexpected_number(&number)),
                Err(fault) => fault,
            },
        }
    }

    /// Deserialises an array or object: `serde_json` finds its parts, and `visitor` gets them as [`Located`].
    fn container<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let mut fault = None;
        let parts = Parts { visitor, fault: &mut fault };
        let parsed = serde_json::Deserializer::from_str(self.0.get()).deserialize_any(parts);
        parsed.map_err(|_| fault.unwrap_or(Fault::Unreadable))
    }
}

fn unexpected_number(number: &Number) -> Unexpected<'static> {
    match (number.as_u64(), number.as_i64()) {
        (Some(value), _) => Unexpected::Unsigned(value),
        (None, Some(value)) => Unexpected::Signed(value),
        (None, None) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

impl<'de> Deserializer<'de> for Located<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first_byte() {
            b'n' => visitor.visit_unit(),
            b't' => visitor.visit_bool(true),
            b'f' => visitor.visit_bool(false),
            b'"' => visitor.visit_string(serde_json::from_str(self.0.get()).map_err(|_| Fault::Unreadable)?),
            b'[' | b'{' => self.container(visitor),
            _ => match unexpected_number(&self.number()?) {
                Unexpected::Unsigned(value) => visitor.visit_u64(value),
                Unexpected::Signed(value) => visitor.visit_i64(value),
                Unexpected::Float(value) => visitor.visit_f64(value),
                other => Err(Fault::invalid_type(other, &visitor)),
            },
        }
    }

    // Serde's own visitors call these types "i64", "a sequence" and "a map". The integers of bodies are `i64`; types of
    // the domain check their ranges.

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if !matches!(self.first_byte(), b'-' | b'0'..=b'9') {
            return Err(self.wrong_type("an integer"));
        }
        let number = self.number()?;
        match number.as_i64() {
            Some(value) => visitor.visit_i64(value),
            None if number.is_u64() => Err(Fault::custom("must be an integer of at most 64 bits")),
            None => Err(self.wrong_type("an integer")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first_byte() {
            b'[' => self.container(visitor),
            _ => Err(self.wrong_type("an array")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first_byte() {
            b'{' => self.container(visitor),
            _ => Err(self.wrong_type("an object")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first_byte() {
            b'n' => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct struct enum identifier ignored_any
    }
}

/// Visitor of an array or object. `serde_json` would turn a [`Fault`] into text, so it is handed out beside the result.
struct Parts<'f, V> {
    visitor: V,
    fault: &'f mut Option<Fault>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Parts<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        let elements = Elements { elements, index: 0 };
        self.visitor.visit_seq(elements).map_err(|fault| keep(fault, self.fault))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        let members = Members { members, name: String::new() };
        self.visitor.visit_map(members).map_err(|fault| keep(fault, self.fault))
    }
}

/// Stores the fault, and makes the error that stops `serde_json`.
fn keep<E: serde::de::Error>(fault: Fault, kept: &mut Option<Fault>) -> E {
    *kept = Some(fault);
    E::custom("")
}

struct Elements<A> {
    elements: A,
    /// Index of the next element.
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<A> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(element) = self.elements.next_element().map_err(|_| Fault::Unreadable)? else { return Ok(None) };
        let parsed = seed.deserialize(Located(element)).map_err(|fault| fault.within(self.index.to_string()))?;
        self.index += 1;
        Ok(Some(parsed))
    }
}

struct Members<A> {
    members: A,
    /// Name of the current member.
    name: String,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(name) = self.members.next_key().map_err(|_| Fault::Unreadable)? else { return Ok(None) };
        self.name = name;
        seed.deserialize(self.name.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let value = self.members.next_value().map_err(|_| Fault::Unreadable)?;
        seed.deserialize(Located(value)).map_err(|fault| fault.within(self.name.as_str()))
    }
}
