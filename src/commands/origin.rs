//! Where a page comes from, as far as the environment tells: the commit that a job checked out, its
//! address at the forge, and the time.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::render::page::PageOrigin;

/// A commit, and the pieces of its address.
struct JobCommit {
    commit: &'static str,
    /// Names of variables, and what stands between them.
    repository: &'static [&'static str],
    path: &'static str,
}

const JOBS: [JobCommit; 2] = [
    JobCommit {
        commit: "GITHUB_SHA",
        repository: &["GITHUB_SERVER_URL", "GITHUB_REPOSITORY"],
        path: "commit",
    },
    JobCommit { commit: "CI_COMMIT_SHA", repository: &["CI_PROJECT_URL"], path: "-/commit" },
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What the environment and the clock tell.
pub(super) fn origin() -> PageOrigin {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
    of(seconds, &|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

fn of(seconds: Option<u64>, variable: &dyn Fn(&str) -> Option<String>) -> PageOrigin {
    let job = JOBS.iter().find_map(|job| Some((job, variable(job.commit)?)));
    let commit_url = job.as_ref().and_then(|(job, commit)| {
        let repository: Option<Vec<String>> =
            job.repository.iter().map(|name| variable(name)).collect();
        Some(format!("{}/{}/{commit}", repository?.join("/"), job.path))
    });
    PageOrigin { commit: job.map(|(_, commit)| commit), commit_url, date: seconds.map(date) }
}

/// A moment as people read it, in UTC.
fn date(seconds: u64) -> String {
    let (day, month, year) = civil(seconds / 86_400);
    let (hour, minute) = (seconds / 3_600 % 24, seconds / 60 % 60);
    format!("{day} {month} {year}, {hour:02}:{minute:02} UTC")
}

/// The day of the calendar that so many days after 1 January 1970 is.
fn civil(days: u64) -> (u64, &'static str, u64) {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let (mut year, mut rest) = (1970, days);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if rest < length {
            break;
        }
        rest -= length;
        year += 1;
    }
    for (month, name) in MONTHS.into_iter().enumerate() {
        let length = match month {
            1 if is_leap(year) => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        if rest < length {
            return (rest + 1, name, year);
        }
        rest -= length;
    }
    (rest + 1, MONTHS[0], year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1 January 1970, 00:00 UTC"),
            (951_782_400, "29 February 2000, 00:00 UTC"),
            (1_735_689_599, "31 December 2024, 23:59 UTC"),
            (1_795_730_465, "26 November 2026, 21:21 UTC"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }

    #[test]
    fn a_job_tells_its_commit_and_where_it_is_shown() {
        let told = |known: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = known.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let PageOrigin { commit, commit_url, date } = of(None, &variable);
            assert_eq!(date, None);
            (commit.unwrap_or_default(), commit_url.unwrap_or_default())
        };
        let of = |commit: &str, url: &str| (commit.to_owned(), url.to_owned());
        assert_eq!(told(&[]), of("", ""));
        assert_eq!(told(&[("GITHUB_SHA", "a1")]), of("a1", ""));
        let github = [
            ("GITHUB_SHA", "a1"),
            ("GITHUB_SERVER_URL", "https://github.example"),
            ("GITHUB_REPOSITORY", "o/r"),
        ];
        assert_eq!(told(&github), of("a1", "https://github.example/o/r/commit/a1"));
        let gitlab = [("CI_COMMIT_SHA", "b2"), ("CI_PROJECT_URL", "https://gitlab.example/o/r")];
        assert_eq!(told(&gitlab), of("b2", "https://gitlab.example/o/r/-/commit/b2"));
    }
}
