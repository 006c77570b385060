//! Nothing is issued under what is not published, filed and licensed: the mint asks, and passes on what it is told.

use registration_protocol::{Item, Outcome, RefusedKind};

use super::authority::{p256, sm2, values};
use super::house::{House, person};
use super::key_centre::Mood;
use crate::facts::RequestRefused;

#[tokio::test]
async fn nothing_is_issued_before_publication_and_the_refusal_says_why_and_is_recorded() {
    let house = House::new().await;
    house.published.withdraw();
    let refused = house.refused(Item::Issue(person("person-sm2", &sm2()))).await;
    assert_eq!(refused.kind, RefusedKind::Refusal);
    assert_eq!(refused.code, "policy-not-published");
    assert_eq!(
        (refused.instrument.as_deref(), refused.article.as_deref()),
        (Some("ESL"), Some("19"))
    );
    assert_eq!(refused.chinese, "什么也没有公布");
    let facts = house.facts::<RequestRefused>("request-refused/1").await;
    assert_eq!(facts.len(), 1);
    assert_eq!(house.count("ca_certificate").await, 0);

    house.published.publish();
    house.issued(person("person-sm2", &sm2())).await;
}

#[tokio::test]
async fn it_is_asked_for_the_policy_that_the_certificate_will_name() {
    let house = House::new().await;
    house.issued(person("person-sm2", &sm2())).await;
    let mut server = person("tls-server", &p256());
    server.fields = values(&[("dns", "example.cn"), ("common_name", "example.cn")]);
    house.issued(server).await;
    let asked = house.published.asked.lock().unwrap().clone();
    let scopes: Vec<bool> = asked.iter().map(|(_, scope)| scope.is_inside()).collect();
    assert_eq!(scopes, [true, false], "a server's certificate only identifies");
    let last: Vec<&str> = asked
        .iter()
        .map(|(policies, _)| policies.first().map_or("", |policy| policy.rsplit('.').next().unwrap()))
        .collect();
    assert_eq!(last, ["1", "5"]);
}

#[tokio::test]
async fn a_pair_that_waited_for_its_key_is_not_issued_when_the_licence_ended_meanwhile() {
    let mut house = House::new().await;
    house.key_centre.behave(Mood::Unreachable);
    let issue = person("person-sm2", &sm2());
    let id = issue.request_id;
    house.ask(vec![Item::Issue(issue)]).await.unwrap_err();
    house.published.withdraw();
    house.key_centre.behave(Mood::Well);
    house.restart().await;
    match house.inquire(id).await {
        Outcome::Refused(refused) => assert_eq!(refused.code, "policy-not-published"),
        other => panic!("{other:?}"),
    }
}
