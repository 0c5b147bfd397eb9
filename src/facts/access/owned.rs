//! Parents and children as assistive technology sees them: which element must stand in which, and what may stand in it.

use super::implicit::has_global;
use super::role::{Role, SILENT};
use crate::facts::dom::Dom;
use crate::model::Exposure;

/// Steps up or down that are taken through elements without a meaning of their own. Our choice.
const STEPS: usize = 400;

/// Whether an element stands for nothing and says nothing of itself, so that its children belong to what is around it.
fn is_through(dom: &Dom, i: u32) -> bool {
    let is_silent = dom.role(i).is_none_or(|role| role.has(SILENT) || role.name == "generic");
    is_silent && !has_global(dom, i)
}

/// The nearest element around another that means something, by ownership.
pub fn meaningful_parent(dom: &Dom, i: u32) -> Option<u32> {
    let mut at = dom.owner(i)?;
    for _ in 0..STEPS {
        if !is_through(dom, at) {
            return Some(at);
        }
        at = dom.owner(at)?;
    }
    None
}

/// Whether an element stands where its role asks it to stand; `true` for a role that may stand anywhere.
pub fn is_in_context(dom: &Dom, i: u32, role: Role) -> bool {
    if role.context.is_empty() {
        return true;
    }
    let Some(parent) = meaningful_parent(dom, i) else { return false };
    let Some(around) = dom.role(parent) else { return false };
    if around.name != "group" {
        return around.is_in(role.context);
    }
    // A group stands in turn in what the role asks for, or in another of its kind: branches of a tree hold branches.
    let holds = |p: u32| dom.has_role(p, role.context) || dom.has_role(p, role.name);
    role.is_in_context_of_group() && meaningful_parent(dom, parent).is_some_and(holds)
}

impl super::RoleInfo {
    fn is_in_context_of_group(&self) -> bool {
        self.context.split(' ').any(|name| name == "group")
    }
}

/// The elements that an element owns, through those that mean nothing: what assistive technology shows as its children.
pub fn children(dom: &Dom, i: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let owned = |i: u32| {
        let ids = dom.attr(i, "aria-owns").unwrap_or("");
        ids.split_ascii_whitespace()
            .take(STEPS)
            .filter_map(|id| dom.by_id(id))
            .filter(move |&o| dom.owner(o) == Some(i))
    };
    let mut open: Vec<u32> = dom.children(i).chain(owned(i)).collect();
    open.reverse();
    let mut steps = 0;
    while let Some(j) = open.pop() {
        steps += 1;
        if steps > STEPS * 4 {
            break;
        }
        let is_elsewhere = dom.owner(j) != dom.parent(j) && dom.parent(j).is_some_and(|p| p == i || is_through(dom, p));
        let owner_is_inside = dom.owner(j).is_some_and(|o| o == i || is_through(dom, o));
        if !dom.node(j).is_element || dom.in_tree(j) == Exposure::Hidden || (is_elsewhere && !owner_is_inside) {
            continue;
        }
        if is_through(dom, j) {
            let inner: Vec<u32> = dom.children(j).chain(owned(j)).collect();
            open.extend(inner.into_iter().rev());
        } else {
            found.push(j);
        }
    }
    found
}
