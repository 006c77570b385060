//! Every role against every permission and every act; and the page that shows it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write as _;

use hefu_officers::{Branch, Permission, Role};
use hefu_rulebook::Language;

/// Whatever changes something outside the branch of whoever does it.
const CHANGES: [Permission; 4] = [
    Permission::Enter,
    Permission::Approve,
    Permission::Issue,
    Permission::ChangeStatus,
];

#[test]
fn the_audit_branch_sees_everything_and_changes_nothing() {
    let audit = Role::ALL.into_iter().filter(|role| role.branch() == Branch::Audit);
    for role in audit {
        for permission in Permission::ALL {
            let expected = match permission {
                Permission::Read | Permission::Audit => true,
                Permission::ManageOfficers => role == Role::AUDIT_ADMINISTRATOR,
                _ => false,
            };
            assert_eq!(role.permits(permission), expected, "{role} {permission:?}");
        }
        for post in Role::ALL {
            let own = role == Role::AUDIT_ADMINISTRATOR && post.branch() == Branch::Audit;
            assert_eq!(role.appoints(post), own, "{role} appoints {post}");
            assert_eq!(role.oversees(post), own, "{role} oversees {post}");
        }
    }
}

#[test]
fn nobody_who_changes_something_audits() {
    for role in Role::ALL {
        let changes = CHANGES.into_iter().any(|permission| role.permits(permission));
        assert!(!(changes && role.permits(Permission::Audit)), "{role}");
    }
}

fn mark(yes: bool) -> &'static str {
    if yes { "✓" } else { "–" }
}

fn both(chinese: &str, english: &str) -> String {
    format!("{chinese} · {english}")
}

fn named(role: Role) -> String {
    both(role.name(Language::Chinese), role.name(Language::English))
}

fn table(page: &mut String, columns: &[String], cell: impl Fn(Role, usize) -> &'static str) {
    writeln!(page, "| 角色 · role | {} |", columns.join(" | ")).unwrap();
    writeln!(page, "|---|{}", "---|".repeat(columns.len())).unwrap();
    for role in Role::ALL {
        let cells: Vec<_> = (0..columns.len()).map(|column| cell(role, column)).collect();
        writeln!(page, "| {} | {} |", named(role), cells.join(" | ")).unwrap();
    }
    writeln!(page).unwrap();
}

fn page() -> String {
    let mut page = String::from(
        "# 角色 · Roles\n\n本页由测试生成并核对。 This page is made, and held against the program, by a test: \
         `HEFU_WRITE_DOCS=1 cargo test -p hefu-officers --test roles`.\n\n\
         ## 可以做什么 · What each may do\n\n",
    );
    let permissions =
        Permission::ALL.map(|permission| both(permission.name(Language::Chinese), permission.name(Language::English)));
    table(&mut page, &permissions, |role, column| {
        mark(role.permits(Permission::ALL[column]))
    });
    page.push_str(
        "## 人员变动 · Changes of officers\n\n行中的角色对列中的角色：任＝可以提议任命，管＝可以提议其他变动，并由同级或上级另一人决定。\n\
         The role of the row about the role of the column: A, may propose an appointment; O, may propose other changes, \
         and decide what another proposed.\n\n",
    );
    let roles = Role::ALL.map(named);
    table(&mut page, &roles, |role, column| {
        let post = Role::ALL[column];
        match (role.appoints(post), role.oversees(post)) {
            (true, _) => "任管 · A O",
            (false, true) => "管 · O",
            (false, false) => "–",
        }
    });
    page
}

#[test]
fn the_page_of_roles_says_what_the_program_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/roles.md");
    if std::env::var_os("HEFU_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), page());
}
