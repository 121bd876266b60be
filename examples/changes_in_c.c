/* The change feed in C: what was committed, in order, from where this reader had got to. */
#include "guanxi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  exit(1);
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_session *s = NULL;
  guanxi_draft *acme = NULL;
  guanxi_record *made = NULL;
  guanxi_events *erp = NULL;
  guanxi_feed_options options;
  guanxi_event_info event;
  int32_t there = 0, seen = 0;

  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_draft_create(s, "account", GUANXI_NTS, &acme, &err), &err);
  must(guanxi_draft_set_text(acme, "name", GUANXI_NTS, "Acme", GUANXI_NTS, &err), &err);
  must(guanxi_create(s, acme, NULL, &made, &err), &err);

  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.entities = "account";
  options.entities_length = 7;
  must(guanxi_events_open(s, "erp", GUANXI_NTS, &options, &erp, &err), &err);
  memset(&event, 0, sizeof event);
  event.struct_size = sizeof event;
  for (;;) {
    must(guanxi_events_next(erp, &there, &err), &err);
    if (!there) break;
    must(guanxi_events_info(erp, &event, &err), &err);
    printf("%s %s %lld\n", event.action, event.entity, (long long)event.record);
    must(guanxi_events_acknowledge(erp, &err), &err);
    ++seen;
  }

  guanxi_events_release(erp);
  guanxi_record_release(made);
  guanxi_draft_release(acme);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return seen == 1 ? 0 : 1;
}
