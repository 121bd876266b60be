/*
 * A CRM in a store of our own. The rows are one sorted array in memory; each commit is appended to
 * own_store.log as one block with a checksum, and what was not written to its end is not taken when
 * the file is opened. It finds rows by conditions; savepoints, new fields and orders are the
 * library's. At the end a CRM is opened on it, and the library's kit is asked whether it is right.
 */
#define _POSIX_C_SOURCE 200112L
#include <guanxi.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A value as it is kept; the bytes of a text follow it. */
typedef struct cell { int32_t type, scale; int64_t integer; uint64_t text; } cell;
/* A row: its head stands in the file as it is, before its cells; without any, it is erased. */
typedef struct head { char table[56]; int64_t id; uint64_t size; } head;
typedef struct row { head at; char *cells; } row;
typedef struct rows { row *all; size_t count, room; } rows;
typedef struct shelf { rows kept, before; FILE *file; long end; } shelf; /* before: to roll back */

/* The place of the first row that does not stand before this one. */
static size_t place(const rows *in, const char *table, int64_t id) {
  size_t low = 0, high = in->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = strcmp(in->all[middle].at.table, table);
    if (order < 0 || (order == 0 && in->all[middle].at.id < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

static const row *find(const rows *in, const char *table, int64_t id) {
  const row *r = &in->all[place(in, table, id)];
  return r < in->all + in->count && r->at.id == id && strcmp(r->at.table, table) == 0 ? r : NULL;
}

static int has_room(rows *in) {
  if (in->count < in->room) return 1;
  row *more = realloc(in->all, (in->room * 2 + 64) * sizeof *more);
  if (more) *in = (rows){more, in->count, in->room * 2 + 64};
  return more != NULL;
}

/* Gives a row its place, or takes it away if it has no cells; in its stead comes what was there. */
static void swap(rows *in, row *r) {
  row *at = in->all + place(in, r->at.table, r->at.id), old = {r->at, NULL};
  const row *there = find(in, r->at.table, r->at.id);
  const size_t above = (size_t)(in->all + in->count - at);
  if (there) old = *there;
  if (there && !r->cells) memmove(at, at + 1, (above - 1) * sizeof *at), in->count--;
  if (!there && r->cells) memmove(at + 1, at, above * sizeof *at), in->count++;
  if (r->cells) *at = *r;
  *r = old;
}

static int32_t write_row(shelf *s, row r) {
  if (!has_room(&s->kept) || !has_room(&s->before)) return free(r.cells), GUANXI_OUT_OF_MEMORY;
  swap(&s->kept, &r);
  s->before.all[s->before.count++] = r;
  return GUANXI_OK;
}

/* ---- what the library calls ---------------------------------------------------------------- */

static int32_t give(const row *r, guanxi_answer *answer, int32_t *more) {
  guanxi_value values[1024];
  size_t count = 0;
  for (const char *from = r->cells; from < r->cells + r->at.size && count < 1024; count++) {
    cell c;
    memcpy(&c, from, sizeof c);
    from += sizeof c;
    values[count] = (guanxi_value){sizeof(guanxi_value), c.type, c.integer, from, c.text, c.scale};
    from += c.text;
  }
  return guanxi_answer_row(answer, values, count, more, NULL);
}

static int32_t get(void *self, const guanxi_table *table, int64_t id, guanxi_answer *answer) {
  const row *found = find(&((shelf *)self)->kept, guanxi_table_name(table, NULL), id);
  return found ? give(found, answer, NULL) : GUANXI_OK;
}

static int32_t put(void *self, const guanxi_table *table, const guanxi_value *const *values,
                   size_t count, int64_t expected_revision, guanxi_answer *answer) {
  row r = {{"", values[0]->integer, 0}, NULL};
  strncpy(r.at.table, guanxi_table_name(table, NULL), sizeof r.at.table - 1); /* at most 48 */
  const row *there = find(&((shelf *)self)->kept, r.at.table, r.at.id);
  cell revision = {GUANXI_TYPE_NULL, 0, 0, 0};
  if (there) memcpy(&revision, there->cells + sizeof(cell), sizeof revision); /* of slot 1 */
  const int other = revision.type != GUANXI_TYPE_NULL && revision.integer != expected_revision;
  (void)answer;
  if ((expected_revision == 0) != (there == NULL) || other) return GUANXI_CONFLICT;
  for (size_t i = 0; i < count; i++) r.at.size += sizeof(cell) + values[i]->text_length;
  char *to = r.cells = malloc(r.at.size);
  if (!to) return GUANXI_OUT_OF_MEMORY;
  for (size_t i = 0; i < count; i++) {
    const cell c = {values[i]->type, values[i]->scale, values[i]->integer, values[i]->text_length};
    memcpy(to, &c, sizeof c);
    if (c.text) memcpy(to + sizeof c, values[i]->text, c.text);
    to += sizeof c + c.text;
  }
  return write_row(self, r);
}

static int32_t erase(void *self, const guanxi_table *table, int64_t id, guanxi_answer *answer) {
  const row *found = find(&((shelf *)self)->kept, guanxi_table_name(table, NULL), id);
  (void)answer;
  if (!found) return GUANXI_OK;
  return write_row(self, (row){found->at, NULL});
}

/* The cell of a slot; its text is what follows. */
static cell cell_of(const row *r, int32_t slot, const char **text) {
  cell c;
  for (const char *from = r->cells;; from += sizeof c + c.text) {
    memcpy(&c, from, sizeof c);
    *text = from + sizeof c;
    if (slot-- == 0) return c;
  }
}

/* Below 0, 0 or above it: both are of the field's type, and decimals of its scale. */
static int compared(cell c, const char *text, const guanxi_value *with) {
  if (c.type != GUANXI_TYPE_TEXT) return (c.integer > with->integer) - (c.integer < with->integer);
  const size_t shorter = c.text < with->text_length ? c.text : with->text_length;
  const int order = memcmp(text, with->text, shorter);
  return order ? order : (c.text > with->text_length) - (c.text < with->text_length);
}

static int fits(int32_t comparison, int order) {
  switch (comparison) {
    case GUANXI_COMPARE_NOT_EQUAL: return order != 0;
    case GUANXI_COMPARE_LESS: return order < 0;
    case GUANXI_COMPARE_LESS_EQUAL: return order <= 0;
    case GUANXI_COMPARE_GREATER: return order > 0;
    case GUANXI_COMPARE_GREATER_EQUAL: return order >= 0;
    default: return order == 0; /* equal, or in: to one of the constants */
  }
}

static int passes(const row *r, const guanxi_request *request, int32_t term) {
  guanxi_request_term t = {.struct_size = sizeof t};
  guanxi_request_term_info(request, term, &t, NULL);
  const char *text;
  const cell c = cell_of(r, t.slot, &text);
  if (t.comparison == GUANXI_COMPARE_IS_NULL) return c.type == GUANXI_TYPE_NULL;
  if (c.type == GUANXI_TYPE_NULL) return 0;
  if (t.comparison == GUANXI_COMPARE_IS_NOT_NULL) return 1;
  for (int32_t i = 0; i < t.constant_count; i++) {
    guanxi_value with = {.struct_size = sizeof with};
    guanxi_request_constant(request, term, i, &with, NULL);
    if (fits(t.comparison, compared(c, text, &with))) return 1;
  }
  return 0;
}

/* Rows of a table above an id, those that pass where there is a request. */
static int32_t give_rows(const shelf *s, const guanxi_table *table, const guanxi_request *request,
                         int64_t after, uint64_t at_most, guanxi_answer *answer) {
  const rows *kept = &s->kept;
  const char *name = guanxi_table_name(table, NULL);
  int32_t more = 1, code = GUANXI_OK;
  size_t at = after == INT64_MAX ? kept->count : place(kept, name, after + 1);
  for (; at < kept->count && code == GUANXI_OK && more && at_most; at++) {
    if (strcmp(kept->all[at].at.table, name) != 0) break;
    int32_t terms = guanxi_request_term_count(request); /* 0 without one */
    while (terms > 0 && passes(&kept->all[at], request, terms - 1)) terms--;
    if (terms > 0) continue;
    code = give(&kept->all[at], answer, &more);
    at_most--;
  }
  return code;
}

static int32_t scan(void *self, const guanxi_table *table, int64_t after, uint64_t at_most,
                    guanxi_answer *answer) {
  return give_rows(self, table, NULL, after, at_most, answer);
}

/* Every term but those on folded texts. Orders are left to the library. */
static int32_t plan(void *self, const guanxi_table *table, const guanxi_request *request,
                    guanxi_answer *answer) {
  (void)self, (void)table;
  for (int32_t i = 0; i < guanxi_request_term_count(request); i++) {
    guanxi_request_term t = {.struct_size = sizeof t};
    guanxi_request_term_info(request, i, &t, NULL);
    if (t.comparison != GUANXI_COMPARE_STARTS_WITH)
      guanxi_answer_verdict(answer, i, GUANXI_VERDICT_EXACT, NULL);
  }
  return GUANXI_OK;
}

static int32_t execute(void *self, const guanxi_table *table, const guanxi_request *request,
                       guanxi_answer *answer) {
  return give_rows(self, table, request, guanxi_request_after(request),
                   guanxi_request_limit(request), answer);
}

static int32_t begin(void *self, guanxi_answer *answer) {
  rows *before = &((shelf *)self)->before;
  (void)answer;
  while (before->count) free(before->all[--before->count].cells);
  return GUANXI_OK;
}

static int32_t rollback(void *self, guanxi_answer *answer) {
  shelf *s = self;
  for (size_t i = s->before.count; i-- > 0;) swap(&s->kept, &s->before.all[i]);
  return begin(self, answer);
}

static uint64_t checksum(uint64_t sum, const void *bytes, size_t size) { /* FNV-1a */
  for (size_t i = 0; i < size; i++) sum = (sum ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
  return sum;
}

/* Writes a block: how many rows, these as they are now, and the checksum of it all. */
static int32_t commit(void *self, guanxi_answer *answer) {
  shelf *s = self;
  const uint64_t count = s->before.count;
  uint64_t sum = checksum(0, &count, sizeof count);
  const int there = fseek(s->file, s->end, SEEK_SET) == 0;
  fwrite(&count, sizeof count, 1, s->file);
  for (size_t i = 0; i < count; i++) {
    row gone = {s->before.all[i].at, NULL};
    const row *now = find(&s->kept, gone.at.table, gone.at.id);
    gone.at.size = 0;
    if (!now) now = &gone;
    sum = checksum(checksum(sum, &now->at, sizeof now->at), now->cells, now->at.size);
    fwrite(&now->at, sizeof now->at, 1, s->file);
    if (now->at.size) fwrite(now->cells, now->at.size, 1, s->file);
  }
  fwrite(&sum, sizeof sum, 1, s->file);
  if (there && fflush(s->file) == 0 && !ferror(s->file) && fsync(fileno(s->file)) == 0)
    return s->end = ftell(s->file), begin(self, answer);
  clearerr(s->file); /* the next block takes the place of this one */
  guanxi_answer_explain(answer, "own_store.log cannot be written", GUANXI_NTS, 0, NULL);
  return ftruncate(fileno(s->file), s->end) == 0 ? GUANXI_STORE_IO : GUANXI_STORE_CORRUPT;
}

static void release(void *self) {
  shelf *s = self;
  rollback(s, NULL);
  while (s->kept.count) free(s->kept.all[--s->kept.count].cells);
  free(s->kept.all);
  free(s->before.all);
  if (s->file) fclose(s->file);
  free(s);
}

/* Reads the blocks of the file, up to the first that is not whole. */
static void load(shelf *s) {
  uint64_t count, sum, told;
  while (fread(&count, sizeof count, 1, s->file) == 1) {
    row r = {{"", 0, 0}, NULL};
    sum = checksum(0, &count, sizeof count);
    for (; count > 0 && fread(&r.at, sizeof r.at, 1, s->file) == 1; count--) {
      r.cells = r.at.size ? malloc(r.at.size) : NULL;
      if (r.at.size && (!r.cells || fread(r.cells, r.at.size, 1, s->file) != 1)) break;
      sum = checksum(checksum(sum, &r.at, sizeof r.at), r.cells, r.at.size);
      if (write_row(s, r) != GUANXI_OK) return;
      r.cells = NULL;
    }
    free(r.cells);
    if (count != 0 || fread(&told, sizeof told, 1, s->file) != 1 || told != sum) break;
    s->end = ftell(s->file);
    begin(s, NULL);
  }
  rollback(s, NULL);
}

/* Opens the store that the file holds or, unless `again`, a new one. */
static int32_t make(void *user, int32_t again, void **self) {
  shelf *s = calloc(1, sizeof *s);
  *self = s;
  if (!s) return GUANXI_OUT_OF_MEMORY;
  if (!again) remove(user);
  s->file = fopen(user, again ? "r+b" : "w+b");
  if (s->file && has_room(&s->kept)) return load(s), GUANXI_OK;
  return release(s), GUANXI_STORE_IO;
}

static const guanxi_store functions = {
    .struct_size = sizeof(guanxi_store), .name = "shelf", .name_length = GUANXI_NTS,
    .get = get, .put = put, .erase = erase, .scan = scan, .release = release,
    .begin = begin, .commit = commit, .rollback = rollback, .plan = plan, .execute = execute};

/* ---- a CRM on it --------------------------------------------------------------------------- */

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "own_store: %s\n", guanxi_error_message(*err, NULL));
  exit(1);
}

static guanxi_session *admin_of(void *self, guanxi_tenant **crm) {
  guanxi_error *err = NULL;
  guanxi_session *admin = NULL;
  must(guanxi_open_store(NULL, &functions, self, NULL, crm, &err), &err);
  must(guanxi_as_user(*crm, "admin", GUANXI_NTS, &admin, &err), &err);
  return admin;
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_draft *draft = NULL;
  guanxi_result *found = NULL;
  void *self = NULL;
  if (make("own_store.log", 0, &self) != GUANXI_OK) return 1;
  guanxi_session *admin = admin_of(self, &crm);
  must(guanxi_draft_create(admin, "account", GUANXI_NTS, &draft, &err), &err);
  must(guanxi_draft_set_text(draft, "name", GUANXI_NTS, "张记茶业", GUANXI_NTS, &err), &err);
  must(guanxi_create(admin, draft, NULL, NULL, &err), &err);
  must(guanxi_begin(admin, &err), &err);
  must(guanxi_create(admin, draft, NULL, NULL, &err), &err);
  must(guanxi_rollback(admin, &err), &err);
  guanxi_draft_release(draft);
  guanxi_session_release(admin);
  guanxi_tenant_release(crm); /* gives up the store, too */

  if (make("own_store.log", 1, &self) != GUANXI_OK) return 1;
  admin = admin_of(self, &crm);
  must(guanxi_query(admin, "select id from account where name = '张记茶业'", GUANXI_NTS, NULL, NULL,
                    &found, &err), &err);
  printf("accounts after opening again: %" PRId64 "\n", guanxi_result_row_count(found));
  const int64_t accounts = guanxi_result_row_count(found);
  guanxi_result_release(found);
  guanxi_session_release(admin);
  guanxi_tenant_release(crm);

  guanxi_store_faults *faults = NULL;
  guanxi_store_check_options how = {.struct_size = sizeof how, .operations = 500, .make = make,
                                    .make_user = "own_store_check.log"};
  must(guanxi_store_check(&functions, NULL, &how, NULL, NULL, &faults, &err), &err);
  const int32_t count = guanxi_store_faults_count(faults);
  for (int32_t i = 0; i < count; i++) {
    guanxi_store_fault one = {.struct_size = sizeof one};
    must(guanxi_store_faults_get(faults, i, &one, &err), &err);
    printf("%s\n%s\n", one.text, one.steps);
  }
  printf("faults that store_check found: %d\n", (int)count);
  guanxi_store_faults_release(faults);
  return accounts == 1 && count == 0 ? 0 : 1;
}
