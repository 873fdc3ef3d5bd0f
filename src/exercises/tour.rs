//! The tour: the steps in which one learns all this, as data.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::words::locale::Texts;

/// A step of the tour, as it stands in `demos/tour.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TourStep {
    /// The lesson's name, or `run`.
    pub name: String,
    /// What a lesson has as the title of its text.
    pub title: Option<Texts>,
    pub text: Texts,
    /// The command that is run.
    pub run: String,
    /// The names of the questions before that, and after it.
    pub first: Option<String>,
    pub again: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tour {
    step: Vec<TourStep>,
}

impl TourStep {
    /// All steps, in their order.
    pub fn all() -> Result<Vec<TourStep>> {
        let tour: Tour =
            toml::from_str(include_str!("../../demos/tour.toml")).context("demos/tour.toml")?;
        Ok(tour.step)
    }
}
