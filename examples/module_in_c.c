/* A vendor's module from C: visits, what follows from one, what can be done, what falls due. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  exit(1);
}

/* An effect: a place is said loudly. */
static int32_t say_loudly(void *self, guanxi_reaction *reaction) {
  const char *mark = self;
  guanxi_value place = {.struct_size = sizeof place};
  guanxi_value loud = {.struct_size = sizeof loud, .type = GUANXI_TYPE_TEXT};
  char text[256];
  int32_t code = guanxi_reaction_after(reaction, "x_place", GUANXI_NTS, &place, NULL);
  if (code != GUANXI_OK) return code;
  loud.text_length = (size_t)snprintf(text, sizeof text, "%.200s%s", place.text, mark);
  loud.text = text;
  return guanxi_reaction_set(reaction, "x_loud", GUANXI_NTS, &loud, NULL);
}

/* An action: a visit, and the one that follows it. */
static int32_t plan(void *self, guanxi_call *call) {
  guanxi_value place = {.struct_size = sizeof place}, due = {.struct_size = sizeof due};
  guanxi_value nothing = {.struct_size = sizeof nothing};
  guanxi_draft *draft = NULL;
  int32_t first = -1, second = -1;
  int32_t code = guanxi_call_argument(call, "place", GUANXI_NTS, &place, NULL);
  (void)self;
  if (code == GUANXI_OK) code = guanxi_call_argument(call, "due", GUANXI_NTS, &due, NULL);
  if (code != GUANXI_OK) return code;
  if (strcmp(place.text, "nowhere") == 0) {
    guanxi_call_explain(call, "there is no such place", GUANXI_NTS, "x_visit", GUANXI_NTS,
                        "x_place", GUANXI_NTS, NULL);
    return GUANXI_VALIDATION;
  }
  code = guanxi_call_draft(call, "x_visit", GUANXI_NTS, &draft, NULL);
  if (code != GUANXI_OK) return code;
  code = guanxi_draft_set_text(draft, "x_place", GUANXI_NTS, place.text, place.text_length, NULL);
  if (code == GUANXI_OK)
    code = guanxi_call_create(call, draft, GUANXI_AUTHORITY_USER, &first, NULL);
  if (code == GUANXI_OK && due.type == GUANXI_TYPE_INSTANT)
    code = guanxi_draft_set_instant(draft, "x_due", GUANXI_NTS, due.integer, NULL);
  if (code == GUANXI_OK)
    code = guanxi_call_create(call, draft, GUANXI_AUTHORITY_USER, &second, NULL);
  if (code == GUANXI_OK) code = guanxi_call_tie(call, second, "x_before", GUANXI_NTS, first, NULL);
  if (code == GUANXI_OK) code = guanxi_call_answer(call, &nothing, 1, NULL);
  if (code == GUANXI_OK) code = guanxi_call_answer_step(call, 0, second, NULL);
  guanxi_draft_release(draft);
  return code;
}

/* A timer: a visit whose time has come is over. */
static int32_t end(void *self, guanxi_call *call) {
  guanxi_record *visit = NULL;
  guanxi_draft *draft = NULL;
  int32_t code = guanxi_call_record(call, &visit, NULL);
  (void)self;
  if (code == GUANXI_OK) code = guanxi_call_draft(call, "x_visit", GUANXI_NTS, &draft, NULL);
  if (code == GUANXI_OK) code = guanxi_draft_set_boolean(draft, "x_over", GUANXI_NTS, 1, NULL);
  if (code == GUANXI_OK)
    code = guanxi_call_change(call, guanxi_record_id(visit), draft, GUANXI_AUTHORITY_USER, NULL,
                              NULL);
  guanxi_draft_release(draft);
  guanxi_record_release(visit);
  return code;
}

static const char visit[] =
    "{\"name\": \"x_visit\", \"fields\": ["
    "{\"name\": \"x_place\", \"type\": \"text\"}, {\"name\": \"x_loud\", \"type\": \"text\"},"
    "{\"name\": \"x_due\", \"type\": \"instant\"}, {\"name\": \"x_over\", \"type\": \"boolean\"},"
    "{\"name\": \"x_before\", \"type\": \"reference\", \"target\": \"x_visit\"}]}";

static guanxi_environment *with_module(void) {
  guanxi_error *err = NULL;
  guanxi_environment *out = NULL;
  guanxi_module *desk = NULL;
  guanxi_module_effect loud = {.struct_size = sizeof loud};
  guanxi_module_action planning = {.struct_size = sizeof planning};
  guanxi_module_timer ending = {.struct_size = sizeof ending};
  loud.name = "x_visit.loud", loud.name_length = GUANXI_NTS;
  loud.entity = "x_visit", loud.entity_length = GUANXI_NTS;
  loud.fields = "[\"x_place\"]", loud.fields_length = GUANXI_NTS;
  loud.writes = "[\"x_loud\"]", loud.writes_length = GUANXI_NTS;
  loud.run = say_loudly;
  planning.name = "x_visit.plan", planning.name_length = GUANXI_NTS;
  planning.entity = "x_visit", planning.entity_length = GUANXI_NTS;
  planning.needs = GUANXI_ACTION_CREATE;
  planning.parameters = "[{\"name\": \"place\", \"type\": \"text\", \"required\": true},"
                        " {\"name\": \"due\", \"type\": \"instant\"}]";
  planning.parameters_length = GUANXI_NTS;
  planning.results = "[{\"name\": \"visit\", \"type\": \"reference\", \"target\": \"x_visit\"}]";
  planning.results_length = GUANXI_NTS;
  planning.run = plan;
  ending.name = "x_visit.end", ending.name_length = GUANXI_NTS;
  ending.entity = "x_visit", ending.entity_length = GUANXI_NTS;
  ending.due = "x_due", ending.due_length = GUANXI_NTS;
  ending.where = "x_over is null", ending.where_length = GUANXI_NTS;
  ending.run = end;
  must(guanxi_module_create("desk", GUANXI_NTS, &desk, &err), &err);
  must(guanxi_module_add_entity(desk, visit, GUANXI_NTS, &err), &err);
  must(guanxi_module_add_effect(desk, &loud, "!", &err), &err);
  must(guanxi_module_add_action(desk, &planning, NULL, &err), &err);
  must(guanxi_module_add_timer(desk, &ending, NULL, &err), &err);
  must(guanxi_environment_create(&out, &err), &err);
  must(guanxi_environment_add_module(out, desk, &err), &err);
  guanxi_module_release(desk);
  return out;
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_environment *world = with_module();
  guanxi_tenant *shop = NULL;
  guanxi_session *s = NULL;
  guanxi_parameters *with = NULL;
  guanxi_result *made = NULL, *seen = NULL;
  guanxi_buffer *table = NULL;
  guanxi_tick_report report = {.struct_size = sizeof report};
  int same;
  remove("module_in_c.gx");
  must(guanxi_open(world, "module_in_c.gx", GUANXI_NTS, NULL, &shop, &err), &err);
  must(guanxi_as_user(shop, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_parameters_create(&with, &err), &err);
  must(guanxi_parameters_set_text(with, "place", GUANXI_NTS, "Hall 3", GUANXI_NTS, &err), &err);
  must(guanxi_parameters_set_instant(with, "due", GUANXI_NTS, 1000000, &err), &err);
  must(guanxi_invoke(s, "x_visit.plan", GUANXI_NTS, with, NULL, &made, &err), &err);
  must(guanxi_tick(shop, NULL, NULL, NULL, &report, NULL, &err), &err);
  must(guanxi_query(s,
                    "select x_loud, x_over, x_before.x_place as before from x_visit order by id",
                    GUANXI_NTS, NULL, NULL, &seen, &err),
       &err);
  must(guanxi_result_csv(seen, &table, &err), &err);
  fputs(guanxi_buffer_data(table, NULL), stdout);
  same = strstr(guanxi_buffer_data(table, NULL), "Hall 3!,true,Hall 3") != NULL;
  guanxi_buffer_release(table);
  guanxi_result_release(seen);
  guanxi_result_release(made);
  guanxi_parameters_release(with);
  guanxi_session_release(s);
  guanxi_tenant_release(shop);
  guanxi_environment_release(world);
  return report.ran == 1 && same ? 0 : 1;
}
