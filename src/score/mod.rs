//! The score: the whole arithmetic from failures and page weights to points. It is pure; the same
//! input gives the same bits.
//!
//! The order of use, which never holds the findings of all pages:
//!
//! 1. [`Graph::new`], then [`structural`], [`from_tasks`] or [`from_views`]: a weight for every known page;
//! 2. [`over_read`]: the weights of the pages that were read, and the weight of those that were not;
//! 3. for each page read: [`Hit::of`] for each rule, [`page_points`] for all hits of the page,
//!    [`SiteScore::add`] and [`WorkPlan::add`];
//! 4. [`SiteScore::score`] and [`WorkPlan::steps`]; [`path_score`] for forms in steps and other ways;
//!    [`Change`] for the comparison with an earlier run.
//!
//! Model 1 in one line: S = 100·Σ w(p)·exp(−Σ h), where a failed rule weighs
//! h = −ln(1 − severity·precision·extent) and rules of one cause count once on a page. `exp` and `ln`
//! come from `libm`, since those of the platform differ in the last bit, and sums over pages are
//! order-free, so that neither machine nor thread shows in a score.

mod change;
mod flows;
mod graph;
mod hazard;
mod hit;
mod pace;
mod page;
mod path;
mod rank;
mod sample;
mod severity;
mod site;
mod sum;
mod task;
mod weights;
mod work;

pub use change::{Change, Effect, Pair, Part, Parts, Side};
pub use flows::{FlowWay, flow_weights};
pub use graph::{Graph, GraphError};
pub use hazard::{Extent, hazard};
pub use hit::{Hit, Terms};
pub use pace::{Forecast, MONTH, Pace};
pub use page::{CategoryPoints, CausePoints, HitPoints, PagePoints, page_points};
pub use path::path_score;
pub use rank::{LEAST_PAGES, LEAST_PAIRS, Together, together};
pub use sample::{Drawn, Margin, Sampled, Spread};
pub use severity::{MODEL, severity_cost};
pub use site::{Apart, CategoryScore, Circumstances, MIN_COVERAGE, Score, SiteScore, Standing, TARGET};
pub(crate) use sum::Sum;
pub use task::{Flaw, FromHome, Merits, Ways, stars};
pub use weights::{ReadWeights, Structure, from_tasks, from_views, normalise, over_read, share_weight, structural};
pub use work::{Step, WorkPlan};
