//! The result of `apply` for those who did not watch it: as a comment, as annotations, as counts and
//! as a page. What went wrong is told with its line, the service's words and what follows from it.

pub mod github;
pub mod gitlab;
pub mod html;
pub mod markdown;
mod story;

#[cfg(test)]
pub(crate) mod samples;
