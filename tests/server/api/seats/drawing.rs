//! `seats.svg`: the seat map as a drawing.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::json;

use super::SeatedEvent;
use crate::support::Reply;

async fn drawn(event: &SeatedEvent) -> Reply {
    event.client().get(&format!("{}.svg", event.path())).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_seat_is_drawn_at_its_place_in_the_shape_of_its_state_with_a_title() {
    let event = SeatedEvent::small().await;
    event.fill().await;
    let svg = drawn(&event).await.text;
    assert_eq!(svg.matches("<use ").count(), 9 + 4, "nine seats, and four samples in the legend");
    let row = "<g transform=\"translate(-36 0)\">\n\
               <use x=\"0\" href=\"#h\"><title>Stalls, row A, seat 1: held</title></use>\n\
               <use x=\"24\" href=\"#h\"><title>Stalls, row A, seat 2: held</title></use>\n";
    assert!(svg.contains(row), "{svg}");
    for seat in [
        "<title>Stalls, row A, seat 3: available</title>",
        "<title>Stalls, row B, seat 1: booked</title>",
        "<title>Stalls, row B, seat 4: blocked</title>",
        "<title>Box, row 1, seat 1: booked</title>",
    ] {
        assert!(svg.contains(seat), "{seat}\n{svg}");
    }
    for shape in ["<circle id=\"a\"", "<circle id=\"h\"", "<rect id=\"b\"", "<path id=\"x\""] {
        assert!(svg.contains(shape), "{shape}\n{svg}");
    }
    for text in [">Stalls</text>", ">Box</text>", ">B</text>", ">Stage</text>", ">4 of 9 seats available</text>"] {
        assert!(svg.contains(text), "{text}\n{svg}");
    }
    for text in [">Available 4</text>", ">Held 2</text>", ">Booked 2</text>", ">Blocked 1</text>"] {
        assert!(svg.contains(text), "{text}\n{svg}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_without_seats_is_a_box_with_its_counts() {
    let event = SeatedEvent::small().await;
    event.execute("UPDATE pools SET held = 3, booked = 20, blocked = 7 WHERE name = 'Standing'".to_owned()).await;
    let svg = drawn(&event).await.text;
    for text in [">Standing</text>", ">20 of 50 available</text>", ">3 held, 20 booked, 7 blocked</text>"] {
        assert!(svg.contains(text), "{text}\n{svg}");
    }
    let field = SeatedEvent::open(json!({"name": "Field", "sections": [{"name": "Meadow", "capacity": 1_000}]})).await;
    let svg = drawn(&field).await.text;
    assert!(svg.contains(">1,000 of 1,000 available</text>") && !svg.contains("Stage"), "{svg}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_in_the_drawing_are_escaped_and_never_become_markup() {
    let seats = json!([{"row": "<a>", "number": "\"&'"}]);
    let sections = json!([
        {"name": "<script>alert(1)</script>", "seats": seats}, {"name": "]]>&amp;\u{FFFF}", "capacity": 5},
    ]);
    let event = SeatedEvent::open(json!({"name": "Hall", "sections": sections})).await;
    let reply = drawn(&event).await;
    let svg = &reply.text;
    assert!(svg.contains("<title>A &lt;play&gt; &amp; &quot;more&quot;</title>"), "{svg}");
    let seat = "<title>&lt;script&gt;alert(1)&lt;/script&gt;, row &lt;a&gt;, seat &quot;&amp;': available</title>";
    assert!(svg.contains(seat) && !svg.contains("<script"), "{svg}");
    assert!(svg.contains("]]&gt;&amp;amp;\u{FFFD}"), "{svg}");
    assert_eq!(reply.header("content-type"), "image/svg+xml");
    assert_eq!(reply.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_current_drawing_is_answered_with_304_until_something_changes() {
    let event = SeatedEvent::small().await;
    let reply = drawn(&event).await;
    assert_eq!(reply.header("cache-control"), "no-cache");
    let (path, tag) = (format!("{}.svg", event.path()), reply.header("etag").to_owned());
    let headers = [("If-None-Match", tag.as_str())];
    let again = || event.client().send(Method::GET, &path, &headers, None);
    assert_eq!(again().await.expect(304).text, "");
    event.hold("0").await;
    assert!(again().await.expect(200).text.contains("seat 1: held"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_in_units_of_one_seat_is_drawn_as_large_as_one_in_centimetres() {
    let seats = |y: i64| (0..6).map(move |x| json!({"row": y.to_string(), "number": x.to_string(), "x": x, "y": y}));
    let sections = json!([{"name": "Stalls", "seats": (0..3).flat_map(seats).collect::<Vec<_>>()}]);
    let event = SeatedEvent::open(json!({"name": "Hall", "sections": sections})).await;
    let svg = drawn(&event).await.text;
    for place in
        ["x=\"0\" href=\"#a\"><title>Stalls, row 0, seat 0", "x=\"120\" href=\"#a\"><title>Stalls, row 0, seat 5"]
    {
        assert!(svg.contains(place), "{place}\n{svg}");
    }
    assert!(svg.contains("translate(0 48)"), "{svg}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_beside_the_seats_or_far_away_is_drawn_without_making_the_seats_small() {
    for (x, y) in [(2_000, 400), (-100_000, 400), (0, -100_000), (100_000, 100_000)] {
        let sections = json!([{"name": "Stalls", "rows": "rows A-J, 1-10"}]);
        let event =
            SeatedEvent::open(json!({"name": "Hall", "sections": sections, "focal_point": {"x": x, "y": y}})).await;
        let svg = drawn(&event).await.text;
        assert!(svg.contains("Stage"), "{svg}");
        let frame =
            svg.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the drawing has a view box");
        let frame: Vec<i32> = frame.split(' ').map(|number| number.parse().expect("a whole number")).collect();
        // The seats are 216 wide and 353 deep; the header and the stage need some room too.
        assert!(frame[2] < 1_000 && frame[3] < 1_200, "{frame:?}");
        let ring = svg.split("<circle cx=\"").nth(1).and_then(|rest| rest.split('"').next());
        let centre = ring.map_or(0, |x| x.parse().expect("a whole number"));
        assert!((frame[0]..frame[0] + frame[2]).contains(&centre), "{centre} in {frame:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_seats_without_a_pattern_are_drawn_in_less_than_250_kilobytes() {
    let event = SeatedEvent::arena().await;
    let path = format!("{}.svg", event.path());
    let (reply, compressed) = event.client().get_bytes(&path, &[("Accept-Encoding", "gzip")]).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-encoding")), (200, "gzip"));
    assert!(compressed.len() < 250_000, "{} bytes", compressed.len());
    let mut svg = String::new();
    GzDecoder::new(&compressed[..]).read_to_string(&mut svg).expect("the body is gzip");
    assert_eq!(svg.matches("<use ").count(), 20_000 + 4);
}
