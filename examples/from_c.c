/*
 * Guanxi from C99: a store, a user, an account with a contact and a deal, a stage moved, refusals
 * that say why, and a query. It writes from_c.gx in the current folder, anew each time.
 */
#include <guanxi.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program, with the error's one sentence, unless a call went well. */
static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "from_c: %s: %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  exit(1);
}

/* Ends the program unless a call was refused with this code; says why it was. */
static void refused(int32_t code, int32_t expected, guanxi_error **err) {
  if (code != expected) {
    fprintf(stderr, "from_c: expected %s\n", guanxi_code_name(expected));
    exit(1);
  }
  printf("  refused (%s): %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
}

static guanxi_draft *draft_of(guanxi_session *session, const char *entity) {
  guanxi_error *err = NULL;
  guanxi_draft *draft = NULL;
  must(guanxi_draft_create(session, entity, GUANXI_NTS, &draft, &err), &err);
  return draft;
}

static void set_text(guanxi_draft *draft, const char *field, const char *text) {
  guanxi_error *err = NULL;
  must(guanxi_draft_set_text(draft, field, GUANXI_NTS, text, GUANXI_NTS, &err), &err);
}

static void set_reference(guanxi_draft *draft, const char *field, int64_t id) {
  guanxi_error *err = NULL;
  must(guanxi_draft_set_reference(draft, field, GUANXI_NTS, id, &err), &err);
}

/* Creates what the draft names, releases the draft and gives the new record's id. */
static int64_t create(guanxi_session *session, guanxi_draft *draft) {
  guanxi_error *err = NULL;
  guanxi_record *record = NULL;
  int64_t id;
  must(guanxi_create(session, draft, NULL, &record, &err), &err);
  id = guanxi_record_id(record);
  guanxi_record_release(record);
  guanxi_draft_release(draft);
  return id;
}

static int64_t create_stage(guanxi_session *session, int64_t pipeline, const char *name,
                            const char *percent, const char *category) {
  guanxi_draft *stage = draft_of(session, "stage");
  set_text(stage, "name", name);
  set_reference(stage, "pipeline", pipeline);
  set_text(stage, "probability", percent);
  set_text(stage, "forecast_category", category);
  return create(session, stage);
}

/* A user with the rights of the permission set that every new store has. */
static void create_user(guanxi_session *session, const char *login, const char *name) {
  guanxi_error *err = NULL;
  guanxi_result *found = NULL;
  guanxi_draft *draft = draft_of(session, "user");
  int64_t user, standard = 0;
  set_text(draft, "login", login);
  set_text(draft, "name", name);
  user = create(session, draft);

  must(guanxi_query(session, "select id from permission_set where name = 'Standard user'",
                    GUANXI_NTS, NULL, NULL, &found, &err), &err);
  must(guanxi_result_reference(found, 0, 0, &standard, NULL, &err), &err);
  guanxi_result_release(found);

  draft = draft_of(session, "permission_assignment");
  set_reference(draft, "user", user);
  set_reference(draft, "permission_set", standard);
  create(session, draft);
}

static void print_deal(guanxi_record *deal) {
  guanxi_error *err = NULL;
  int64_t percent = 0;
  int32_t scale = 0;
  const char *category = NULL;
  must(guanxi_record_decimal(deal, "probability", GUANXI_NTS, &percent, &scale, NULL, &err), &err);
  must(guanxi_record_text(deal, "forecast_category", GUANXI_NTS, &category, NULL, &err), &err);
  for (; scale > 0; scale--) percent /= 10;
  printf("  probability %" PRId64 " %%, forecast category %s\n", percent, category);
}

static void print_stage_history(guanxi_session *session, int64_t deal) {
  guanxi_error *err = NULL;
  guanxi_parameters *parameters = NULL;
  guanxi_result *visits = NULL;
  int64_t row;
  must(guanxi_parameters_create(&parameters, &err), &err);
  must(guanxi_parameters_set_reference(parameters, "deal", GUANXI_NTS, deal, &err), &err);
  must(guanxi_query(session,
                    "select stage.name, left_at from stage_visit where opportunity = :deal "
                    "order by id", GUANXI_NTS, parameters, NULL, &visits, &err), &err);
  for (row = 0; row < guanxi_result_row_count(visits); row++) {
    const char *stage = NULL;
    int32_t is_there = 0;
    must(guanxi_result_text(visits, row, 0, &stage, NULL, &err), &err);
    must(guanxi_result_is_null(visits, row, 1, &is_there, &err), &err);
    printf("  %s: %s\n", stage, is_there ? "there now" : "left");
  }
  guanxi_result_release(visits);
  guanxi_parameters_release(parameters);
}

static void print_deals(guanxi_session *session) {
  guanxi_error *err = NULL;
  guanxi_parameters *parameters = NULL;
  guanxi_result *deals = NULL;
  int64_t row;
  must(guanxi_parameters_create(&parameters, &err), &err);
  must(guanxi_parameters_set_decimal(parameters, "least", GUANXI_NTS, 100000, 2, &err), &err);
  must(guanxi_query(session,
                    "select name, account.name, amount from opportunity where amount >= :least "
                    "order by amount desc", GUANXI_NTS, parameters, NULL, &deals, &err), &err);
  for (row = 0; row < guanxi_result_row_count(deals); row++) {
    const char *name = NULL, *account = NULL;
    int64_t cents = 0;
    must(guanxi_result_text(deals, row, 0, &name, NULL, &err), &err);
    must(guanxi_result_text(deals, row, 1, &account, NULL, &err), &err);
    must(guanxi_result_decimal(deals, row, 2, &cents, NULL, NULL, &err), &err);
    printf("  %s, %s: %" PRId64 ".%02" PRId64 "\n", name, account, cents / 100, cents % 100);
  }
  guanxi_result_release(deals);
  guanxi_parameters_release(parameters);
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_session *setup = NULL, *li = NULL, *wang = NULL;
  guanxi_draft *draft = NULL;
  guanxi_record *deal = NULL;
  guanxi_result *deals = NULL;
  int64_t pipeline, qualified, proposal, account, contact, deal_id;

  remove("from_c.gx");
  remove("from_c.gx-wal");
  remove("from_c.gx-shm");
  must(guanxi_open(NULL, "from_c.gx", GUANXI_NTS, NULL, &crm, &err), &err);

  /* Who works here, and through which stages their deals go. */
  must(guanxi_as_system(crm, "set-up", GUANXI_NTS, &setup, &err), &err);
  create_user(setup, "li", "\xe6\x9d\x8e\xe9\x9b\xb7");
  create_user(setup, "wang", "Wang Fang");
  draft = draft_of(setup, "pipeline");
  set_text(draft, "name", "Sales");
  pipeline = create(setup, draft);
  qualified = create_stage(setup, pipeline, "Qualified", "25", "pipeline");
  proposal = create_stage(setup, pipeline, "Proposal", "60", "best_case");
  guanxi_session_release(setup);

  /* Li meets a customer. */
  must(guanxi_as_user(crm, "li", GUANXI_NTS, &li, &err), &err);
  draft = draft_of(li, "account");
  set_text(draft, "name", "Acme");
  account = create(li, draft);
  draft = draft_of(li, "contact");
  set_text(draft, "name", "Ana Silva");
  set_reference(draft, "account", account);
  contact = create(li, draft);

  draft = draft_of(li, "opportunity");
  set_text(draft, "name", "200 tills");
  set_reference(draft, "account", account);
  set_reference(draft, "contact", contact);
  set_reference(draft, "stage", qualified);
  must(guanxi_draft_set_money(draft, "amount", GUANXI_NTS, 10965000, 2, "USD", GUANXI_NTS, &err),
       &err);
  must(guanxi_create(li, draft, NULL, &deal, &err), &err);
  guanxi_draft_release(draft);
  deal_id = guanxi_record_id(deal);
  printf("A new deal:\n");
  print_deal(deal);
  guanxi_record_release(deal);

  /* The stage moves; probability, category and stage history follow. */
  draft = draft_of(li, "opportunity");
  set_reference(draft, "stage", proposal);
  must(guanxi_change(li, deal_id, draft, NULL, &deal, &err), &err);
  guanxi_draft_release(draft);
  printf("After its stage has moved:\n");
  print_deal(deal);
  guanxi_record_release(deal);
  print_stage_history(li, deal_id);

  printf("What is not allowed:\n");
  draft = draft_of(li, "stage");
  set_text(draft, "probability", "99");
  refused(guanxi_change(li, proposal, draft, NULL, NULL, &err), GUANXI_PERMISSION, &err);
  guanxi_draft_release(draft);
  must(guanxi_as_user(crm, "wang", GUANXI_NTS, &wang, &err), &err);
  refused(guanxi_get(wang, "opportunity", GUANXI_NTS, deal_id, &deal, &err), GUANXI_NOT_FOUND,
          &err);
  refused(guanxi_query(li, "select nmae from account", GUANXI_NTS, NULL, NULL, &deals, &err),
          GUANXI_UNKNOWN_NAME, &err);

  printf("Deals of 1,000.00 and more:\n");
  print_deals(li);

  guanxi_session_release(wang);
  guanxi_session_release(li);
  guanxi_tenant_release(crm);
  return 0;
}
