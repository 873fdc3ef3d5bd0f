//! How a run is shown: events go in, text comes out.

mod article;
mod bar;
mod claims;
mod compare;
pub(crate) mod explain;
mod failures;
mod json;
pub(crate) mod page;
mod palette;
mod recording;
mod stuck;
mod timeline;
mod trace;
mod view;
mod warnings;
mod whole_file;

pub use article::Article;
pub use bar::Bar;
pub use claims::Claims;
pub use compare::{Compared, Side, comparison};
pub use explain::Explain;
pub(crate) use explain::Narrator;
pub use failures::Failures;
pub use json::Json;
pub use page::{Knowledge, Page, Paper, RunOnPage};
pub use recording::Recording;
pub use stuck::Stuck;
pub use timeline::{Axis, Timeline};
pub use trace::Trace;
pub use view::{View, Views};
pub use warnings::{Remarker, Warnings};
