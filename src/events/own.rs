//! Events that belong to one lesson, and are declared in its folder.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use strum::VariantNames;

use super::effect::{Effect, Sign, Times};

/// Declares the events of a lesson. Of `Turn { i: u16 } => Effect::Nothing, [], Again;` this makes
/// the variant `Turn { i }` of the enum that is named first. What stands behind `;` is an `Option`,
/// left out of the log where it is `None`. Within the brackets stands how a picture marks the event,
/// if it does: the sign, the same in ASCII, the legend in both languages, and what is written beside
/// it.
macro_rules! own_events {
    (
        $Events:ident:
        $(
            $(#[$doc:meta])*
            $Name:ident {
                $( $(#[$attribute:meta])* $field:ident: $type:ty ),* $(,)?
                $(; $( $(#[$also:meta])* $optional:ident: $inner:ty ),+ $(,)? )?
            } => $effect:expr,
                [$($sign:literal $ascii:literal $en:literal $zh:literal, $label:expr)?]
            $(, $times:ident)?;
        )*
    ) => {
        /// The events of this lesson only.
        #[derive(serde::Serialize, serde::Deserialize, strum::VariantNames)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub(crate) enum $Events {
            $(
                $(#[$doc])*
                $Name {
                    $( $(#[$attribute])* $field: $type, )*
                    $($(
                        $(#[$also])*
                        #[serde(skip_serializing_if = "Option::is_none")]
                        $optional: Option<$inner>,
                    )+)?
                },
            )*
        }

        #[allow(unused_variables)]
        impl $crate::events::OwnEvent for $Events {
            fn effect(&self) -> $crate::events::Effect<'static> {
                match self {
                    $($Events::$Name { $($field,)* $($($optional,)+)? } => $effect,)*
                }
            }

            fn times(&self) -> Option<$crate::events::Times> {
                match self {
                    $($Events::$Name { .. } => $crate::events::own_events!(@times $($times)?),)*
                }
            }

            fn mark(&self) -> Option<(&'static $crate::events::Sign, String)> {
                /// Each event's place in the legend.
                #[allow(dead_code)]
                enum Place { $($Name,)* }
                match self {
                    $($Events::$Name { $($field,)* $($($optional,)+)? } => {
                        $crate::events::own_events!(@mark $Name $($sign $ascii $en $zh, $label)?)
                    })*
                }
            }
        }
    };
    (@times) => { None };
    (@times $times:ident) => { Some($crate::events::Times::$times) };
    (@mark $Name:ident) => { None };
    (@mark $Name:ident $sign:literal $ascii:literal $en:literal $zh:literal, $label:expr) => {{
        const SIGN: &$crate::events::Sign = &$crate::events::Sign {
            place: Place::$Name as usize,
            sign: $sign,
            ascii: $ascii,
            legend: [$en, $zh],
        };
        Some((SIGN, $label.to_string()))
    }};
}
pub(crate) use own_events;

/// What [`own_events`] makes of a lesson's events: the same methods as those of an `Event`.
pub trait OwnEvent: Serialize + DeserializeOwned + VariantNames {
    fn effect(&self) -> Effect<'static>;
    fn times(&self) -> Option<Times>;
    fn mark(&self) -> Option<(&'static Sign, String)>;
}

/// The fields of a JSON object, each as its text.
pub type RawFields<'a> = BTreeMap<String, &'a RawValue>;

/// An event of some lesson, as the rest of the program sees it.
pub struct Own {
    pub(super) name: &'static str,
    fields: Map<String, Value>,
    pub(super) effect: Effect<'static>,
    pub(super) times: Option<Times>,
    pub(super) mark: Option<(&'static Sign, String)>,
}

impl Own {
    /// As the lesson of these events declares it, if it is one of them.
    pub(super) fn typed<O: OwnEvent>(&self) -> Option<O> {
        typed(self.name, self.fields.clone()).ok()
    }

    fn new<O: OwnEvent>(name: &str, fields: Map<String, Value>, event: &O) -> Own {
        let name = O::VARIANTS.iter().find(|known| **known == name);
        Own {
            name: name.copied().unwrap_or_default(),
            fields,
            effect: event.effect(),
            times: event.times(),
            mark: event.mark(),
        }
    }

    fn read<O: OwnEvent>(name: &str, fields: &RawFields) -> serde_json::Result<Own> {
        let value = |text: &RawValue| serde_json::from_str(text.get());
        let fields = fields.iter().map(|(name, text)| Ok((name.clone(), value(text)?)));
        let fields: Map<String, Value> = fields.collect::<serde_json::Result<_>>()?;
        typed::<O>(name, fields.clone()).map(|event| Own::new(name, fields, &event))
    }
}

/// Puts the fields under the tag, since serde would buffer fields that stand beside it, and numbers
/// of any length don't survive the buffer.
fn typed<O: OwnEvent>(name: &str, fields: Map<String, Value>) -> serde_json::Result<O> {
    serde_json::from_value(Value::Object(Map::from_iter([(name.to_owned(), fields.into())])))
}

impl<O: OwnEvent> From<O> for Own {
    fn from(event: O) -> Self {
        let tagged = match serde_json::to_value(&event) {
            Ok(Value::Object(tagged)) => tagged.into_iter().next(),
            _ => None,
        };
        let (name, fields) = match tagged {
            Some((name, Value::Object(fields))) => (name, fields),
            _ => unreachable!("an event has a name, and fields that JSON can have"),
        };
        Own::new(&name, fields, &event)
    }
}

impl Serialize for Own {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.fields.len()))?;
        map.serialize_entry("event", self.name)?;
        self.fields.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// The own events of one lesson, which its logs can have beside the shared ones.
#[derive(Clone, Copy)]
pub struct Vocabulary {
    pub names: &'static [&'static str],
    /// Reads an event from its name and its own fields.
    read: fn(&str, &RawFields) -> serde_json::Result<Own>,
}

impl Vocabulary {
    pub const NONE: Vocabulary =
        Vocabulary { names: &[], read: |name, _| Err(serde::de::Error::custom(name)) };

    pub const fn of<O: OwnEvent>() -> Vocabulary {
        Vocabulary { names: O::VARIANTS, read: Own::read::<O> }
    }

    pub(super) fn read(self, name: &str, fields: &RawFields) -> Option<serde_json::Result<Own>> {
        let is_known = self.names.contains(&name);
        is_known.then(|| (self.read)(name, fields))
    }
}

impl Default for Vocabulary {
    fn default() -> Vocabulary {
        Vocabulary::NONE
    }
}
