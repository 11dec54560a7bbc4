"""A drawn signature as a picture: our content policy allows no script of a stranger, and paper needs one, too."""

from typing import Any

from django.utils.safestring import SafeString, mark_safe


def signature_svg(strokes: Any) -> SafeString:
    """The strokes as SVG; "" for none. Only whole numbers are written, so nothing typed gets in."""
    paths = []
    for stroke in strokes or []:
        points = [f"{int(point[0])} {int(point[1])}" for point in stroke if len(point) == 2]
        if len(points) > 1:
            paths.append("M" + "L".join(points))
    if not paths:
        return mark_safe("")
    drawn = "".join(f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="6"/>' for path in paths)
    return mark_safe(  # noqa: S308 - numbers and path commands only
        f'<svg class="hk-signature" viewBox="0 0 1000 1000" width="220" height="110" '
        f'preserveAspectRatio="none" xmlns="http://www.w3.org/2000/svg" aria-hidden="true">{drawn}</svg>'
    )
