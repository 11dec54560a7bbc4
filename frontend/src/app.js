// The one script of the staff pages. Every page works without it; it makes them quicker.
// Content-Security-Policy is script-src 'self': no inline script, no eval, no on... attribute.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import { startComposer } from "./js/composer.js";
import { startCountdowns } from "./js/countdown.js";
import { startDialogs, startDrawer, startMenus } from "./js/layers.js";
import { startForms } from "./js/forms.js";
import { startKeys } from "./js/keys.js";
import { startLive } from "./js/live.js";
import { startPicker } from "./js/picker.js";
import { startPlaces } from "./js/places.js";
import { startPresence } from "./js/presence.js";
import { startSignatures } from "./js/signature.js";
import { startSmsMeters } from "./js/smsmeter.js";
import { startTheme } from "./js/theme.js";
import { startToasts } from "./js/toasts.js";

document.documentElement.classList.add("has-js");
startTheme();
startDrawer();
startMenus();
startDialogs();
startForms();
startComposer();
startCountdowns();
startToasts();
startKeys();
startLive();
startPicker();
startPlaces();
startPresence();
startSignatures();
startSmsMeters();
