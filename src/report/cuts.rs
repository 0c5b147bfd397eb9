//! How long the lists of a page are. The steps are those of `reports/README.md`.

/// The most rows of each list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cuts {
    pub blocked: usize,
    /// Blocked tasks among them, which come first and may be more.
    pub blocked_tasks: usize,
    pub tasks: usize,
    /// Of each task.
    pub steps: usize,
    pub jobs: usize,
    pub plan: usize,
    pub rules: usize,
    /// Of each rule.
    pub examples: usize,
    pub change: usize,
    pub pages: usize,
    /// Each of new, fixed and back.
    pub moved: usize,
    pub unsure: usize,
    pub trial: usize,
    /// Of each rule on trial.
    pub trial_examples: usize,
    pub unread: usize,
    pub files: usize,
    pub goals: usize,
    /// Forms, with the questions that take longest.
    pub burdens: usize,
    /// Parts of the work plan that pages share.
    pub shared: usize,
    pub promises: usize,
    /// Notes of pages that have no row.
    pub notes: usize,
    /// What happened to the site, on the chart: never more than there are letters.
    pub marks: usize,
    /// What is left to a person, of each criterion.
    pub questions: usize,
    /// Places of each rule under a criterion.
    pub places: usize,
    /// Pages that people said something of.
    pub said: usize,
    /// Of the public page.
    pub changes: usize,
    /// Kinds of problem on each page of a task's way.
    pub obstacles: usize,
    /// Bytes of the first screens of those pages, in Base64.
    pub screens: usize,
}

impl Cuts {
    /// At the step after this one no list that a page repeats for every rule has a row left.
    pub const LAST_STEP: u32 = 5;

    /// Each step halves the lists of the one before.
    pub fn at_step(step: u32) -> Self {
        let halved = |rows: usize| rows >> step;
        let examples = 5usize.saturating_sub(2 * step as usize).max(1);
        Self {
            blocked: 3,
            blocked_tasks: 5,
            // All that can be declared: never cut, since what is missing would look clear.
            tasks: 24,
            steps: 10usize.saturating_sub(2 * step as usize).max(2),
            jobs: 5,
            plan: halved(60),
            rules: halved(20),
            examples,
            change: halved(30),
            pages: halved(50),
            moved: halved(50),
            unsure: halved(20),
            trial: halved(10),
            trial_examples: examples.min(2),
            unread: halved(30),
            files: halved(60),
            goals: halved(20),
            burdens: halved(16),
            shared: halved(15),
            promises: halved(30),
            notes: halved(20),
            marks: 12,
            questions: halved(24),
            places: 3usize.saturating_sub(step as usize).max(1),
            said: halved(20),
            changes: 100,
            obstacles: 5usize.saturating_sub(step as usize).max(1),
            screens: 0,
        }
    }

    /// The page of the demo has no limit of size, and shows what every fix was worth.
    pub fn of_demo() -> Self {
        Self { change: usize::MAX, ..Self::at_step(0) }
    }
}
