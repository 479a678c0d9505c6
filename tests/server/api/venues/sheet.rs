//! Venues from CSV sheets: the body has the seats, the query has the other fields.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::{city_hall, create};
use crate::support::{Reply, Service};

const CSV: (&str, &str) = ("Content-Type", "text/csv; charset=utf-8");
const SHEET: &str = "section,row,number,x,y,attributes\n\
                     Stalls,A,1,-28,0,aisle\n\
                     Stalls,A,2,27,0,accessible aisle\n\
                     \"Balcony, left\",AA,1,,,\n";

async fn post(service: &Service, query: &str, sheet: &str) -> Reply {
    service.client.send_text(Method::POST, &format!("/api/v1/venues?{query}"), &[CSV], sheet).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_makes_a_venue_with_name_address_and_focal_point_from_the_query() {
    let service = Service::start().await;
    let query = "name=City%20Hall&address=1+Main+Street&focal_x=0&focal_y=-300";
    let created = post(&service, query, SHEET).await.expect(201);
    let body = &created.body;
    assert_eq!((&body["name"], &body["address"]), (&json!("City Hall"), &json!("1 Main Street")));
    assert_eq!(body["focal_point"], json!({"x": 0, "y": -300}));
    assert_eq!(
        body["sections"],
        json!([
            {"name": "Stalls", "kind": "seated", "capacity": 2, "row_count": 1},
            {"name": "Balcony, left", "kind": "seated", "capacity": 1, "row_count": 1},
        ])
    );
    let layout = service.client.get(&format!("{}/layouts/1", created.header("location"))).await.expect(200).body;
    let row = &layout["sections"][0]["rows"][0];
    assert_eq!((&row["x"], &row["attributes"]["accessible"]), (&json!([-28, 27]), &json!([1])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_for_an_existing_venue_makes_a_new_layout_version() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    let amended = service.client.send_text(Method::PATCH, path, &[CSV], SHEET).await.expect(200).body;
    assert_eq!((&amended["layout_version"], &amended["seat_count"]), (&json!(2), &json!(3)));
    assert_eq!((&amended["name"], &amended["address"]), (&venue.body["name"], &venue.body["address"]));
    let renamed = service.client.send_text(Method::PATCH, &format!("{path}?name=Hall"), &[CSV], SHEET).await;
    let renamed = renamed.expect(200).body;
    assert_eq!((&renamed["layout_version"], &renamed["name"]), (&json!(2), &json!("Hall")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_a_sheet_is_named_by_its_line_and_column_and_one_in_the_query_by_its_parameter() {
    let service = Service::start().await;
    let named = "name=Hall";
    let one_seat = "section,row,number\nStalls,A,1";
    for (query, sheet, pointer) in [
        (named, "section,row,number,x,y\nStalls,A,1,0,0\nStalls,A,2,left,0\n", "/lines/3/x"),
        (named, "section,row,number\nStalls,A,1\n\nStalls,A,1\n", "/lines/4/number"),
        (named, "section,row,number\nStalls,,1\n", "/lines/2/row"),
        (named, "section,row,number\n,A,1\n", "/lines/2/section"),
        (named, "section,row,number,attributes\nStalls,A,1,sofa\n", "/lines/2/attributes"),
        (named, "section,row,seat\nStalls,A,1\n", "/lines/1"),
        (named, "section,row,number\n", "/lines/1"),
        (named, "", "/lines/1"),
        ("", one_seat, "name"),
        ("name=", one_seat, "name"),
        ("name=Hall&focal_x=1", one_seat, "focal_y"),
        ("name=Hall&focal_x=left&focal_y=1", one_seat, "focal_x"),
        ("name=Hall&focal_x=1&focal_y=100001", one_seat, "focal_y"),
        ("name=Hall&sections=1", one_seat, "sections"),
    ] {
        post(&service, query, sheet).await.expect_invalid(pointer);
    }
    assert_eq!(service.database.number("SELECT count(*) FROM venues").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_of_a_sheet_are_refused_with_a_json_body() {
    let service = Service::start().await;
    for parameter in ["name", "address", "focal_x", "focal_y"] {
        let path = format!("/api/v1/venues?{parameter}=1");
        service.client.post(&path, city_hall()).await.expect_invalid(parameter);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_can_be_repeated_with_its_key_and_its_query_is_part_of_the_request() {
    let service = Service::start().await;
    let key = Uuid::now_v7().to_string();
    let headers = [CSV, ("Idempotency-Key", key.as_str())];
    let send = async |path: &str| service.client.send_text(Method::POST, path, &headers, SHEET).await;
    let first = send("/api/v1/venues?name=Hall").await.expect(201);
    let repeat = send("/api/v1/venues?name=Hall").await.expect(201);
    assert_eq!(repeat.text, first.text);
    assert!(repeat.is_replayed());
    send("/api/v1/venues?name=Other").await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_refused_for_an_event() {
    let service = Service::start().await;
    let reply = service.client.send_text(Method::POST, "/api/v1/events", &[CSV], SHEET).await;
    reply.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
}
