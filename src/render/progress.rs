//! The words of work that is going on.

use super::text::words::count;

/// That a request is sent again: after which answer, when, and for which time. `answer` is a status
/// or a few words.
pub fn again(answer: &str, seconds: u64, next: u32) -> String {
    format!("{answer}, trying again in {seconds} s ({} try)", ordinal(next))
}

/// That a run waits for a state that another one holds.
pub fn held(problem: &str, seconds: u64) -> String {
    format!("{problem}; waiting up to {seconds} s for it")
}

/// How far the work on many targets is, or for how long the one step of one target takes.
pub fn so_far(done: usize, targets: usize, seconds: u64, now: &str) -> String {
    if targets > 1 {
        format!("{done} of {} done after {seconds} s; {now}", count(targets, "target"))
    } else {
        format!("{now}, for {seconds} s")
    }
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_further_try_is_told_with_its_reason_its_time_and_its_number() {
        for (answer, seconds, next, expected) in [
            ("503", 4, 3, "503, trying again in 4 s (3rd try)"),
            ("429", 1, 2, "429, trying again in 1 s (2nd try)"),
            ("no answer", 1, 4, "no answer, trying again in 1 s (4th try)"),
        ] {
            assert_eq!(again(answer, seconds, next), expected);
        }
        assert_eq!(
            [1, 11, 12, 13, 22, 101].map(ordinal),
            ["1st", "11th", "12th", "13th", "22nd", "101st"]
        );
    }

    #[test]
    fn many_targets_are_counted_and_one_is_told_by_its_step() {
        assert_eq!(
            so_far(12, 36, 20, "b.yaml: PATCH /v1/instance"),
            "12 of 36 targets done after 20 s; b.yaml: PATCH /v1/instance"
        );
        assert_eq!(so_far(0, 1, 20, "b.yaml: PATCH"), "b.yaml: PATCH, for 20 s");
    }
}
