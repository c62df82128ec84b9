"""Charts of reports: position and shape carry the meaning, never colour alone, so that they read in grey too.

Drawn by Vega-Lite through Altair and vl-convert, without a browser and without a network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from archive.errors import UsageError
from archive.model import Stance

Rows: TypeAlias = Sequence[Mapping[str, Any]]

ACTORS_SHOWN = 80
"""The most rows of a chart that has one for each actor."""

SCALE = {
    Stance.OPPOSE.value: -1.0,
    Stance.NOT_NOW.value: -0.5,
    Stance.UNDECIDED.value: 0.0,
    Stance.OPEN.value: 0.25,
    Stance.CONDITIONAL.value: 0.5,
    Stance.SUPPORT.value: 1.0,
}
"""Where each label stands; those that take no position are not drawn."""

INK, PALE = "#1a1a1a", "#9a9a9a"
_LABELS = (
    " : ".join(f"datum.value == {score} ? '{label.replace('_', ' ')}'" for label, score in SCALE.items()) + " : ''"
)
_TOLD = {"first_hand": "by the actor", "ascribed": "by others"}
_SHAPES = {"domain": list(_TOLD.values()), "range": ["circle", "triangle-up"]}


def draw(report: str, rows: Rows, values: Mapping[str, Any], file: Path) -> None:
    """Draw the answer of a report into an ``.svg`` or ``.png`` file.

    UsageError where there is no chart of this report, nothing to draw, or the file is of another kind.
    """
    if file.suffix not in {".svg", ".png"}:
        raise UsageError("a chart is an .svg or a .png file", where=str(file), remedy="Give it such a name")
    if report not in CHARTS:
        raise UsageError(f"there is no chart of the report {report}", remedy=f"There are: {', '.join(CHARTS)}")
    if not file.parent.is_dir():
        raise UsageError("the folder of the chart does not exist", where=str(file), remedy="Create it first")
    chart = CHARTS[report](rows, values)
    chart.configure_view(strokeWidth=0).configure_axis(
        labelColor=INK, titleColor=INK, gridColor="#dddddd", labelLimit=320
    ).save(str(file), scale_factor=2)


def _along_the_scale(rows: Rows, values: Mapping[str, Any]) -> Any:
    """One row for each actor, from support to oppose; a triangle where only others say so."""
    altair = _altair()
    held = _something([row for row in rows if row["stance"] in SCALE])
    shown = [
        {
            "actor": row["actor_name"] or row["actor"],
            "score": SCALE[row["stance"]],
            "zero": 0,
            "directness": row["directness"],
        }
        for row in held[:ACTORS_SHOWN]
    ]
    more = f", the first {ACTORS_SHOWN} of {len(held)} actors" if len(held) > ACTORS_SHOWN else ""
    when = f" on {str(values['day'])[:10]}" if "day" in values else ""
    base = altair.Chart(altair.Data(values=shown), title=f"{values.get('topic', 'Stances')}{when}{more}")
    order = list(dict.fromkeys(row["actor"] for row in shown))
    row = altair.Y("actor:N", sort=order, title=None)
    place = altair.X("score:Q", title=None, scale=altair.Scale(domain=[-1.1, 1.1]), axis=_scale_axis(orient="top"))
    rule = base.mark_rule(color=PALE, strokeDash=[2, 3]).encode(
        y=row, x=altair.X("zero:Q", scale=altair.Scale(domain=[-1.1, 1.1])), x2="score:Q"
    )
    shape = altair.Shape("told:N", scale=altair.Scale(**_SHAPES), title="said")
    points = base.mark_point(color=INK, fill=INK, size=70, opacity=1).encode(y=row, x=place, shape=shape)
    return (rule + points).properties(width=420, height={"step": 18})


def _over_time(rows: Rows, values: Mapping[str, Any]) -> Any:
    """The positions of one actor in the order in which they were taken."""
    altair = _altair()
    said = _something([row for row in rows if row["stance"] in SCALE])
    shown = [{"at": row["valid_at"], "score": SCALE[row["stance"]], "told": _TOLD[row["directness"]]} for row in said]
    title = f"{values.get('actor', '')} on {values.get('topic', '')}"
    base = altair.Chart(altair.Data(values=shown), title=title)
    time = altair.X("at:T", title=None, axis=altair.Axis(format="%d %b %Y", labelAngle=-30, tickCount=8))
    place = altair.Y("score:Q", title=None, scale=altair.Scale(domain=[-1.1, 1.1]), axis=_scale_axis())
    line = base.mark_line(interpolate="step-after", color=PALE, strokeWidth=2)
    shape = altair.Shape("told:N", scale=altair.Scale(**_SHAPES), title="said")
    points = base.mark_point(color=INK, fill=INK, size=80, opacity=1).encode(x=time, y=place, shape=shape)
    return (line.encode(x=time, y=place) + points).properties(width=560, height=240)


def _per_week(rows: Rows, values: Mapping[str, Any]) -> Any:  # noqa: ARG001 - one signature for all charts
    """How many changes in each week: a row of bars for each cause."""
    altair = _altair()
    counted = Counter((_monday(row["valid_from"]), row["cause"]) for row in _something(rows))
    weeks = _weeks(week for week, _ in counted)
    causes = [cause for cause in ("statement", "edit", "person", "rules") if any(cause == one for _, one in counted)]
    shown = [{"week": week, "cause": cause, "changes": counted[week, cause]} for cause in causes for week in weeks]
    most = max(counted.values())
    bars = (
        altair.Chart(altair.Data(values=shown))
        .mark_bar(color=INK, size=12)
        .encode(
            x=altair.X("week:O", title="week from", axis=altair.Axis(labelAngle=-45, labelOverlap=True)),
            y=altair.Y(
                "changes:Q",
                title="changes",
                axis=altair.Axis(format="d", values=list(range(most + 1)) if most < 6 else altair.Undefined),
                scale=altair.Scale(domain=[0, most]),
            ),
            row=altair.Row(
                "cause:N", sort=causes, title="cause", header=altair.Header(labelAngle=0, labelAlign="left")
            ),
        )
    )
    return bars.properties(width=max(220, 16 * len(weeks)), height=90, title="Changes of stance per week")


def _monday(moment: str) -> str:
    day = datetime.fromisoformat(moment[:10]).replace(tzinfo=UTC)
    return (day - timedelta(days=day.weekday())).date().isoformat()


def _weeks(found: Any) -> list[str]:
    """Every week from the first to the last, those without a change too."""
    weeks = sorted(set(found))
    day, last = datetime.fromisoformat(weeks[0]), datetime.fromisoformat(weeks[-1])
    every = []
    while day <= last:
        every.append(day.date().isoformat())
        day += timedelta(days=7)
    return every


def _scale_axis(**more: Any) -> Any:
    return _altair().Axis(values=list(SCALE.values()), labelExpr=_LABELS, labelOverlap=False, **more)


def _something(rows: Rows) -> Rows:
    if not rows:
        raise UsageError("there is nothing to draw", where="--plot", remedy="Ask for another topic, actor or time")
    return rows


def _altair() -> Any:
    try:
        import altair  # noqa: PLC0415 - an extra, and slow to load
        import vl_convert  # noqa: F401, PLC0415 - what draws
    except ModuleNotFoundError as error:
        raise UsageError(
            f"charts need a library that is not installed ({error.name})",
            where="--plot",
            remedy="Install it: pip install 'statement-archive[analysis]'",
        ) from error
    return altair


CHARTS: Mapping[str, Callable[[Rows, Mapping[str, Any]], Any]] = {
    "stances-now": _along_the_scale,
    "stances-on": _along_the_scale,
    "believed-on": _along_the_scale,
    "said": _over_time,
    "changes": _per_week,
}
"""The reports that have a chart."""
