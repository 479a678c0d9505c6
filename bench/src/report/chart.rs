//! A line chart as SVG: two axes with units, and a line per series with its name at its end. It has a background of its
//! own and follows the reader's preference for light or dark.

use std::fmt::Write as _;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 412.0;
/// Edges of the plot area. The names stand to the right of it.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 555.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 360.0;

/// Vertical distance between two names.
const LINE_HEIGHT: f64 = 16.0;

const STYLE: &str = "\
<style>
  text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .back { fill: #ffffff; }
  .grid { stroke: #d8dee4; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .lead { stroke-width: 1; opacity: 0.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .back { fill: #0d1117; }
    .grid { stroke: #30363d; }
  }
</style>
";

pub struct Chart {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub lines: Vec<Line>,
}

pub struct Axis {
    title: String,
    is_logarithmic: bool,
    from: f64,
    to: f64,
    ticks: Vec<(f64, String)>,
}

pub struct Line {
    pub name: String,
    pub colour: &'static str,
    pub is_dashed: bool,
    pub points: Vec<Point>,
}

#[derive(Clone, Copy)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    /// Least and greatest value, if there were several.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// An axis from the first to the last tick. Ticks must be in ascending order.
    pub fn from_ticks(title: &str, is_logarithmic: bool, ticks: Vec<(f64, String)>) -> Self {
        let from = ticks.first().map_or(0.0, |tick| tick.0);
        let to = ticks.last().map_or(1.0, |tick| tick.0);
        Self { title: title.to_owned(), is_logarithmic, from, to, ticks }
    }

    /// An axis of whole powers of ten around the values. Values that are not positive cannot be shown.
    pub fn logarithmic(title: &str, values: impl Iterator<Item = f64> + Clone) -> Self {
        let positive = values.filter(|value| *value > 0.0);
        let least = positive.clone().fold(f64::INFINITY, f64::min).log10().floor();
        let greatest = positive.fold(f64::NEG_INFINITY, f64::max).log10().ceil();
        // Without values any range is right.
        let (least, greatest) = if least.is_finite() { (least, greatest.max(least + 1.0)) } else { (0.0, 1.0) };
        let mut ticks = Vec::new();
        let mut exponent = least;
        while exponent <= greatest {
            let value = 10.0_f64.powf(exponent);
            ticks.push((value, short(value)));
            exponent += 1.0;
        }
        Self::from_ticks(title, true, ticks)
    }

    /// An axis from zero, in round steps, to at least the greatest value.
    pub fn linear(title: &str, values: impl Iterator<Item = f64>) -> Self {
        let greatest = values.fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let magnitude = 10.0_f64.powf((greatest / 4.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|step| step * magnitude);
        let step = step.into_iter().find(|step| greatest / step <= 5.0).unwrap_or(greatest);
        let mut ticks = vec![(0.0, "0".to_owned())];
        while ticks.last().is_some_and(|tick| tick.0 < greatest) {
            let value = step * ticks.len() as f64;
            ticks.push((value, short(value)));
        }
        Self::from_ticks(title, false, ticks)
    }

    /// The position of a value on the axis: 0 at the beginning, 1 at the end.
    fn position(&self, value: f64) -> f64 {
        let scale = |value: f64| if self.is_logarithmic { value.log10() } else { value };
        let length = scale(self.to) - scale(self.from);
        if length > 0.0 { (scale(value) - scale(self.from)) / length } else { 0.5 }
    }
}

impl Chart {
    pub fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n",
            escape(&self.title)
        );
        svg += STYLE;
        svg += &format!("<rect class=\"back\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n");
        svg += &text(LEFT, 24.0, "start", "title", &self.title);
        self.axes(&mut svg);
        for line in &self.lines {
            self.line(&mut svg, line);
        }
        self.names(&mut svg);
        svg + "</svg>\n"
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + self.x.position(value) * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - self.y.position(value) * (BOTTOM - TOP)
    }

    fn axes(&self, svg: &mut String) {
        for (value, label) in &self.y.ticks {
            let y = self.y(*value);
            *svg += &segment("grid", "", (LEFT, y), (RIGHT, y));
            *svg += &text(LEFT - 8.0, y + 4.0, "end", "", label);
        }
        for (value, label) in &self.x.ticks {
            let x = self.x(*value);
            *svg += &segment("grid", "", (x, BOTTOM), (x, BOTTOM + 5.0));
            *svg += &text(x, BOTTOM + 20.0, "middle", "", label);
        }
        *svg += &text(LEFT, TOP - 12.0, "start", "", &self.y.title);
        *svg += &text(f64::midpoint(LEFT, RIGHT), BOTTOM + 40.0, "middle", "", &self.x.title);
    }

    fn line(&self, svg: &mut String, line: &Line) {
        let colour = line.colour;
        let points: Vec<_> = self.drawable(line).collect();
        let path: Vec<_> =
            points.iter().map(|point| format!("{:.1},{:.1}", self.x(point.x), self.y(point.y))).collect();
        let dashes = if line.is_dashed { " stroke-dasharray=\"6 4\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(svg, "<polyline class=\"line\" stroke=\"{colour}\"{dashes} points=\"{}\"/>", path.join(" "));
        for point in points {
            let (x, y) = (self.x(point.x), self.y(point.y));
            if let Some((least, greatest)) = point.range
                && (!self.y.is_logarithmic || least > 0.0)
            {
                *svg += &segment("lead", colour, (x, self.y(least)), (x, self.y(greatest)));
            }
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
        }
    }

    /// Writes each name beside the end of its line, moved up or down so that no two names overlap.
    fn names(&self, svg: &mut String) {
        let ends = self.lines.iter().filter_map(|line| Some((self.drawable(line).last()?, line)));
        let mut names: Vec<_> = ends.map(|(end, line)| (self.y(end.y), self.y(end.y), self.x(end.x), line)).collect();
        names.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut free_from = TOP;
        for (place, ..) in &mut names {
            *place = place.max(free_from);
            free_from = *place + LINE_HEIGHT;
        }
        let mut free_to = BOTTOM;
        for (place, ..) in names.iter_mut().rev() {
            *place = place.min(free_to);
            free_to = *place - LINE_HEIGHT;
        }
        for (place, y, x, line) in names {
            *svg += &segment("lead", line.colour, (x + 4.0, y), (RIGHT + 14.0, place));
            *svg += &text(RIGHT + 18.0, place + 4.0, "start", "", &line.name);
        }
    }

    /// The points that the vertical axis can show.
    fn drawable<'a>(&self, line: &'a Line) -> impl Iterator<Item = &'a Point> {
        let only_positive = self.y.is_logarithmic;
        line.points.iter().filter(move |point| !only_positive || point.y > 0.0)
    }
}

fn segment(class: &str, colour: &str, from: (f64, f64), to: (f64, f64)) -> String {
    let stroke = if colour.is_empty() { String::new() } else { format!(" stroke=\"{colour}\"") };
    let ((x1, y1), (x2, y2)) = (from, to);
    format!("<line class=\"{class}\"{stroke} x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n")
}

fn text(x: f64, y: f64, anchor: &str, class: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    format!("<text{class} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>\n", escape(text))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Formats `20000` as `20k`.
fn short(value: f64) -> String {
    if value >= 1000.0 { format!("{}k", value / 1000.0) } else { format!("{}", (value * 1e6).round() / 1e6) }
}
