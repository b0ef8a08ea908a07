//! What a page is about, and the words that follow from it.

/// What a page is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PageTopic {
    Plan,
    Drift,
}

/// What the words of a page are.
pub(super) struct Words {
    pub topic: PageTopic,
    pub title: &'static str,
    pub before: &'static str,
    pub after: &'static str,
}

pub(super) const PLAN: Words =
    Words { topic: PageTopic::Plan, title: "Clerk plan", before: "Before", after: "After" };

pub(super) const DRIFT: Words =
    Words { topic: PageTopic::Drift, title: "Clerk drift", before: "Live", after: "File" };
