//! Every operation says who may call it; the page of permissions says what the gate does.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt::Write as _;

use hefu_officers::Role;
use serde_json::json;

use super::*;

/// Operations of the description: method, path, what they are.
fn operations() -> Vec<(String, String, Value)> {
    let interface: Value = serde_json::from_str(INTERFACE).unwrap();
    let paths = interface.get("paths").and_then(Value::as_object).unwrap();
    let operations = paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().iter();
        operations.map(|(method, operation)| (method.to_ascii_uppercase(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[test]
fn every_operation_of_the_interface_says_who_may_call_it() {
    let mut missing = String::new();
    for (method, path, operation) in operations() {
        let said = operation.get(MEMBER).unwrap_or(&Value::Null);
        if Need::read(said).is_none() {
            let summary = operation.get("summary").and_then(Value::as_str).unwrap_or_default();
            writeln!(missing, "  {method} {path} ({summary}): {said}").unwrap();
        }
    }
    let permissions = Permission::ALL.map(Permission::as_str).join("\", \"");
    assert!(
        missing.is_empty(),
        "these operations of crates/hefu-web/assets/openapi.json do not say who may call them, and so nobody may:\n\
         {missing}\
         Give each a member \"{MEMBER}\" beside its summary. It is one word of\n  \
         \"public\" (everybody), \"peer\" (a signature in the body), \"subscriber\" (the portal asks for their session),\n  \
         \"session\" (any officer),\n  \
         \"{permissions}\" (officers whose post permits it),\n\
         or a list of permissions where any one of them is enough, such as [\"approve\", \"enter\"].\n\
         Then write the page again: HEFU_WRITE_DOCS=1 cargo test -p hefu-web gate"
    );
}

#[test]
fn a_word_that_nobody_knows_opens_nothing() {
    for unknown in [
        json!(null),
        json!("everybody"),
        json!([]),
        json!(["read", "public"]),
        json!(7),
    ] {
        assert_eq!(Need::read(&unknown), None, "{unknown}");
    }
    let interface = json!({"paths": {"/a": {"get": {"x-permission": "public"}, "post": {}}}});
    let table = table(&interface.to_string());
    let row = table.get("/a").unwrap();
    assert_eq!(row.get("GET"), Some(&Need::Nothing));
    assert_eq!(row.get("POST"), None);
}

#[test]
fn the_records_are_told_our_own_numbers_and_nothing_that_a_caller_made_up() {
    let route = "/desk/applications/{id}/files/{name}";
    assert_eq!(
        told(route, "/desk/applications/17/files/sign.pem"),
        "/desk/applications/17/files/{name}"
    );
    let serial = "5f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5";
    let certificate = "/api/v1/certificates/{serial}";
    assert_eq!(
        told(certificate, &format!("/api/v1/certificates/{serial}")),
        format!("/api/v1/certificates/{serial}")
    );
    for personal in [
        "11010119900307109X",
        "110101199003071099",
        "13800138000",
        "张三",
        "..",
        "",
    ] {
        assert_eq!(
            told(certificate, &format!("/api/v1/certificates/{personal}")),
            certificate,
            "{personal}"
        );
    }
}

fn both(chinese: &str, english: &str) -> String {
    format!("{chinese} · {english}")
}

fn named(permission: Permission) -> String {
    both(permission.name(Language::Chinese), permission.name(Language::English))
}

fn may(role: Role, need: &Need) -> bool {
    match need {
        Need::Nothing | Need::Session => true,
        Need::AnyOf(wanted) => wanted.iter().any(|permission| role.permits(*permission)),
    }
}

fn row(page: &mut String, (method, path, operation): &(String, String, Value), need: &Need) {
    let wanted = match need {
        Need::Nothing => return,
        Need::Session => both("登录即可", "any officer"),
        Need::AnyOf(wanted) => wanted.iter().map(|one| named(*one)).collect::<Vec<_>>().join(" / "),
    };
    let summary = operation.get("summary").and_then(Value::as_str).unwrap_or_default();
    let marks = Role::ALL.map(|role| if may(role, need) { "✓" } else { "–" });
    writeln!(
        page,
        "| `{method} {path}` | {summary} | {wanted} | {} |",
        marks.join(" | ")
    )
    .unwrap();
}

fn open(page: &mut String, word: &str, title: &str, operations: &[(String, String, Value)]) {
    let those = operations
        .iter()
        .filter(|(_, _, one)| one.get(MEMBER) == Some(&Value::from(word)));
    let lines: Vec<String> = those.map(|(method, path, _)| format!("`{method} {path}`")).collect();
    if !lines.is_empty() {
        write!(page, "\n## {title}\n\n{}\n", lines.join(", ")).unwrap();
    }
}

fn page() -> String {
    let operations = operations();
    let mut page = String::from(
        "# 权限 · Permissions\n\n本页由测试生成并核对。 This page is made, and held against the program, by a test: \
         `HEFU_WRITE_DOCS=1 cargo test -p hefu-web gate`.\n\n\
         门按接口说明（`/openapi.json` 的 `x-permission`）放行；越权的请求被拒绝、引用条文并记录。步骤的先后、是否同一人、\
         职级是否够，由各能力另行判断。角色见 [roles.md](roles.md)。\n\n\
         The gate goes by the description of the interface (`x-permission` in `/openapi.json`); what a post does not \
         permit is refused with the article and recorded. The order of steps, whether it is the same officer, and rank \
         are decided by the capabilities on top of it. For the roles see [roles.md](roles.md).\n",
    );
    for (title, is_program) in [("程序接口 · For programs", true), ("页面 · Pages", false)] {
        let roles = Role::ALL.map(|role| both(role.name(Language::Chinese), role.name(Language::English)));
        write!(
            page,
            "\n## {title}\n\n| 操作 · operation | | 需要 · needs | {} |\n",
            roles.join(" | ")
        )
        .unwrap();
        writeln!(page, "|---|---|---|{}", "---|".repeat(Role::ALL.len())).unwrap();
        let those = operations
            .iter()
            .filter(|(_, path, _)| path.starts_with(PROGRAMS) == is_program);
        for operation in those {
            let need = operation.2.get(MEMBER).and_then(Need::read);
            row(
                &mut page,
                operation,
                &need.unwrap_or_else(|| panic!("{} {}", operation.0, operation.1)),
            );
        }
    }
    open(&mut page, "subscriber", "用户本人 · Subscribers", &operations);
    open(
        &mut page,
        "peer",
        "以签名识别的对端 · Peers, known by signature",
        &operations,
    );
    open(&mut page, "public", "任何人 · Everybody", &operations);
    page
}

#[test]
fn the_page_of_permissions_says_what_the_gate_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    if std::env::var_os("HEFU_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page());
}
