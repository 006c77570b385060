//! What ends in the months to come.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_ra::EndingIn;
use hefu_rulebook::Language;
use jiff::Span;
use jiff::civil::Date;

use super::{DeskPages, queue_link};
use crate::component::{Cell, Chart, Column, Drawing, Link, Point, Table};
use crate::page::{Asked, Page, refuse, show};
use crate::words::desk::{DeskWords, either};
use hefu_web::PageOfficer;

#[derive(Template)]
#[template(path = "desk/forecast.html")]
struct Forecast {
    page: Page,
    words: &'static DeskWords,
    chart: Chart,
    table: Table,
}

pub(super) async fn forecast(State(door): State<DeskPages>, officer: PageOfficer, asked: Asked) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let months = match door.desk.forecast(None, (door.clock)()).await {
        Ok(months) => months,
        Err(why) => return refuse(page, &why),
    };
    let view = Forecast {
        words: DeskWords::of(language),
        chart: chart(&months, language),
        table: table(&months, language),
        page: page.under(queue_link(language)),
    };
    show(StatusCode::OK, &view)
}

fn name(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// The picture; the month with the most is marked.
pub(super) fn chart(months: &[EndingIn], language: Language) -> Chart {
    let words = DeskWords::of(language);
    let most = months.iter().max_by_key(|ending| ending.count);
    let summary = match most.filter(|most| most.count > 0) {
        None => words.forecast_none.to_owned(),
        Some(most) => match language {
            Language::Chinese => format!("{}最多，{}张", name(most.month), most.count),
            Language::English => format!("Most end in {}: {}", name(most.month), most.count),
        },
    };
    let points = months.iter().map(|ending| {
        let point = Point::new(name(ending.month), u64::try_from(ending.count).unwrap_or(0));
        let is_most = most.is_some_and(|most| most.month == ending.month && most.count > 0);
        if is_most { point.marked() } else { point }
    });
    Chart::new(
        language,
        Drawing::Bars,
        words.forecast_title,
        &summary,
        points.collect(),
    )
}

/// The same months, each with the way to its certificates.
fn table(months: &[EndingIn], language: Language) -> Table {
    let words = DeskWords::of(language);
    let columns = [Column::text(words.forecast_month), Column::number(words.certificates)];
    let rows = months.iter().map(|ending| {
        let unit = either(language, " 张", "");
        vec![
            Cell::Link(Link::new(search(ending.month), name(ending.month))),
            Cell::Number(format!("{}{unit}", ending.count)),
        ]
    });
    Table::new(words.forecast_look, columns).rows(rows)
}

/// The search for what ends in a month.
fn search(month: Date) -> String {
    let next = month.checked_add(Span::new().months(1)).unwrap_or(month);
    format!("/desk/certificates?ends_from={month}&ends_before={next}")
}
