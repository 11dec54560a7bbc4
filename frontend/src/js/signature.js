// A signature drawn with finger or mouse. Without a script the customer's name is typed instead.
const MOST_POINTS = 4000;

/** Turns each [data-signature] into a board; the strokes go into the hidden field it names, as numbers from 0 to 1000. */
export function startSignatures() {
  for (const board of document.querySelectorAll("canvas[data-signature]")) start(board);
}

function start(board) {
  const field = document.getElementById(board.dataset.signature);
  if (!field) return;
  board.hidden = false;
  const pen = board.getContext("2d");
  let strokes = [];
  let points = 0;
  let current = null;
  const place = (event) => {
    const box = board.getBoundingClientRect();
    return [
      Math.round(((event.clientX - box.left) / box.width) * 1000),
      Math.round(((event.clientY - box.top) / box.height) * 1000),
    ];
  };
  const draw = () => {
    board.width = board.clientWidth;
    board.height = board.clientHeight;
    pen.lineWidth = 2;
    pen.lineCap = "round";
    pen.strokeStyle = getComputedStyle(board).color;
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], number) => {
        const at = [(x / 1000) * board.width, (y / 1000) * board.height];
        if (number) pen.lineTo(...at);
        else pen.moveTo(...at);
      });
      pen.stroke();
    }
  };
  board.addEventListener("pointerdown", (event) => {
    board.setPointerCapture(event.pointerId);
    current = [place(event)];
    strokes.push(current);
  });
  board.addEventListener("pointermove", (event) => {
    if (!current || points >= MOST_POINTS) return;
    current.push(place(event));
    points += 1;
    draw();
  });
  const end = () => {
    current = null;
    field.value = JSON.stringify(strokes.filter((stroke) => stroke.length > 1));
  };
  board.addEventListener("pointerup", end);
  board.addEventListener("pointercancel", end);
  const clear = document.querySelector(`[data-signature-clear="${board.dataset.signature}"]`);
  if (clear) {
    clear.hidden = false;
    clear.addEventListener("click", () => {
      strokes = [];
      points = 0;
      field.value = "";
      draw();
    });
  }
}
