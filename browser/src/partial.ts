// Partial updates by `data-hx-…` attributes. A file of its own: pages without them do not load it.
import "htmx.org";
