//! Places in files as links to the forge that keeps them, at the commit that was planned.

use crate::render::findings::located::FileLocation;
use crate::render::text::escape::name;
use crate::render::text::markdown::code_cell;

/// A commit of a repository on a forge: what a link to a file of it begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgeCommit {
    repository: String,
    /// What stands between the repository and a kind of page of it.
    between: &'static str,
    hash: String,
}

impl ForgeCommit {
    /// A commit on GitHub: `https://github.com`, `owner/name`, the commit's hash. `None` where that
    /// is not what it should be.
    pub fn on_github(server: &str, repository: &str, commit: &str) -> Option<Self> {
        let url = format!("{}/{repository}", server.trim_end_matches('/'));
        Self::of(&url, "", commit)
    }

    /// A commit on GitLab: the project's URL, and the commit's hash.
    pub fn on_gitlab(project: &str, commit: &str) -> Option<Self> {
        Self::of(project.trim_end_matches('/'), "-/", commit)
    }

    fn of(repository: &str, between: &'static str, commit: &str) -> Option<Self> {
        let (repository, hash) = (repository.to_owned(), commit.to_owned());
        (is_url(&repository) && is_hash(&hash)).then_some(Self { repository, between, hash })
    }

    /// The commit's hash.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The page of the commit.
    pub fn url(&self) -> String {
        let Self { repository, between, hash } = self;
        format!("{repository}/{between}commit/{hash}")
    }

    /// What the page of a file begins with.
    fn files(&self) -> String {
        let Self { repository, between, hash } = self;
        format!("{repository}/{between}blob/{hash}/")
    }
}

/// Whether a text is a web address that means nothing else in Markdown or HTML.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:".contains(c);
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_plain))
}

fn is_hash(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How places are written: as links where the forge is known.
#[derive(Clone, Copy)]
pub struct SourceLinks<'a> {
    /// The commit that has the files.
    pub commit: Option<&'a ForgeCommit>,
    /// Tells where a file stands in the repository.
    pub naming: &'a dyn Fn(&str) -> FileLocation,
}

impl SourceLinks<'_> {
    /// The address of a line; `None` where the forge is not known, or has no such file.
    pub fn url(&self, file: &str, line: usize) -> Option<String> {
        let commit = self.commit.filter(|_| file != "-")?;
        match (self.naming)(file) {
            place @ FileLocation::Inside(_) => {
                Some(format!("{}{}#L{line}", commit.files(), place.uri()))
            }
            FileLocation::Outside(_) => None,
        }
    }

    /// A place as Markdown that may stand in a cell of a table.
    pub fn place(&self, file: &str, line: usize) -> String {
        let shown = code_cell(&name(&format!("{file}:{line}")));
        match self.url(file, line) {
            Some(url) => format!("[{shown}]({url})"),
            None => shown,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn inside(file: &str) -> FileLocation {
        FileLocation::Inside(format!("ops/{file}"))
    }

    /// Places as they are where no forge is known.
    pub const NO_LINKS: SourceLinks<'static> = SourceLinks { commit: None, naming: &inside };

    #[test]
    fn a_place_is_a_link_to_its_line_at_the_commit() {
        let commit =
            ForgeCommit::on_github("https://github.com/", "acme/settings", "c0ffee1").unwrap();
        let outside = |file: &str| FileLocation::Outside(file.to_owned());
        let links = SourceLinks { commit: Some(&commit), naming: &inside };
        assert_eq!(
            links.place("a b|(c)#?.yaml", 3),
            "[`a b\\|(c)#?.yaml:3`](https://github.com/acme/settings/blob/c0ffee1/ops/\
             a%20b%7C%28c%29%23%3F.yaml#L3)"
        );
        assert_eq!(links.place("-", 3), "`-:3`");
        assert_eq!(SourceLinks { naming: &outside, ..links }.place("/a.yaml", 3), "`/a.yaml:3`");
        assert_eq!(NO_LINKS.place("a.yaml", 3), "`a.yaml:3`");
        let commit = ForgeCommit::on_gitlab("https://gitlab.com/a/b/c", "c0ffee1").unwrap();
        let links = SourceLinks { commit: Some(&commit), naming: &inside };
        let expected = "https://gitlab.com/a/b/c/-/blob/c0ffee1/ops/a.yaml#L9";
        assert_eq!(links.url("a.yaml", 9).unwrap(), expected);
    }

    #[test]
    fn what_is_no_forge_and_no_commit_is_no_link() {
        for (server, repository, commit) in [
            ("javascript:alert(1)//", "a/b", "c0ffee1"),
            ("https://github.com", "a/b)[x](https://e.x", "c0ffee1"),
            ("https://github.com", "a/b\n", "c0ffee1"),
            ("https://github.com", "a/b", "main"),
            ("https://github.com", "a/b", ""),
            ("https://", "", "c0ffee1"),
        ] {
            let found = ForgeCommit::on_github(server, repository, commit);
            assert_eq!(found, None);
        }
        assert_eq!(ForgeCommit::on_gitlab("", "c0ffee1"), None);
    }
}
