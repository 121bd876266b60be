#include "guanxi/store/change_entry.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/store/store.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::store {

namespace {

namespace table = system_table;

// A digit is a character from '0' on: 64 of them stand for 6 bits, or for 5 and "more follows".
constexpr char zero = '0';
constexpr std::uint64_t more = 32;
constexpr std::uint32_t far = 7;       ///< a field's step that has a number of its own
constexpr std::uint64_t relative = 8;  ///< in place of a type: told by its difference
constexpr char end_of_fields = '|';    ///< what follows is for readers of later versions
constexpr std::uint64_t cause_is_api = 0, cause_is_text = 1, first_word = 2;

std::uint64_t folded(std::int64_t n) noexcept {
  return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63);
}
std::int64_t unfolded(std::uint64_t n) noexcept {
  return static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1));
}
/// Differences go round, so that any two numbers have one.
std::int64_t minus(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

bool inside_letter(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Bytes at the beginning and at the end that two texts share, whole letters only.
struct shared_ends {
  std::size_t front = 0, back = 0;
};
shared_ends shared(std::string_view a, std::string_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  shared_ends out;
  while (out.front < most && a[out.front] == b[out.front]) ++out.front;
  const auto cut = [](std::string_view t, std::size_t at) {
    return at < t.size() && inside_letter(t[at]);
  };
  while (out.front > 0 && (cut(a, out.front) || cut(b, out.front))) --out.front;
  while (out.back < most - out.front &&
         a[a.size() - 1 - out.back] == b[b.size() - 1 - out.back])
    ++out.back;
  while (out.back > 0 && (cut(a, a.size() - out.back) || cut(b, b.size() - out.back))) --out.back;
  return out;
}

std::int64_t integer_in(const value& v) {
  switch (v.type()) {
    case value_type::boolean: return v.as_boolean() ? 1 : 0;
    case value_type::integer: return v.as_integer();
    case value_type::decimal: return v.as_decimal().coefficient;
    case value_type::date: return v.as_date().days;
    case value_type::instant: return v.as_instant().microseconds;
    case value_type::reference: return v.as_id().value;
    case value_type::null:
    case value_type::text: break;
  }
  return 0;
}

/// Reads a packed text from front to back. Once something does not fit, everything reads as nothing
/// and good() says so.
class reader {
 public:
  reader(std::string_view text, instant at) : text_(text), at_(at) {}
  bool good() const noexcept { return good_; }
  bool ended() const noexcept { return at_end() || text_[place_] == end_of_fields; }
  char letter() { return at_end() ? bad<char>() : text_[place_++]; }
  std::uint64_t digit() {
    const auto d = static_cast<std::uint64_t>(static_cast<unsigned char>(letter()) -
                                              static_cast<unsigned char>(zero));
    return d < 64 ? d : bad<std::uint64_t>();
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (int shift = 0; good_; shift += 5) {
      const std::uint64_t d = digit();
      if (shift == 60 && d > 15) return bad<std::uint64_t>();
      out |= (d & (more - 1)) << shift;
      if (d < more) return out;
    }
    return 0;
  }
  std::int64_t whole() { return unfolded(number()); }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > text_.size() - place_) return bad<std::string_view>();
    const std::string_view out = text_.substr(place_, static_cast<std::size_t>(size));
    place_ += out.size();
    return out;
  }
  value content(std::uint64_t type);
  value after(const value& before);

 private:
  bool at_end() const noexcept { return place_ >= text_.size(); }
  template <class T>
  T bad() {
    good_ = false;
    place_ = text_.size();
    return T();
  }
  value made(value_type type, std::int64_t n, std::uint8_t scale);

  std::string_view text_;
  instant at_;
  std::size_t place_ = 0;
  bool good_ = true;
};

value reader::made(value_type type, std::int64_t n, std::uint8_t scale) {
  switch (type) {
    case value_type::integer: return n;
    case value_type::decimal: return decimal{n, scale};
    case value_type::date:
      return n == static_cast<std::int32_t>(n) ? value(date{static_cast<std::int32_t>(n)})
                                               : bad<value>();
    case value_type::instant: return instant{n};
    case value_type::reference: return id{n};
    case value_type::boolean: return n != 0;
    case value_type::null:
    case value_type::text: break;
  }
  return bad<value>();
}

value reader::content(std::uint64_t digit) {
  const auto type = static_cast<value_type>(digit);
  if (digit > static_cast<std::uint64_t>(value_type::reference)) return bad<value>();
  switch (type) {
    case value_type::null: return {};
    case value_type::boolean: return this->digit() != 0;
    case value_type::text: return text();
    case value_type::decimal: {
      const std::uint64_t scale = this->digit();
      if (scale > max_scale) return bad<value>();
      return decimal{whole(), static_cast<std::uint8_t>(scale)};
    }
    case value_type::instant: return instant{plus(at_.microseconds, whole())};
    default: return made(type, whole(), 0);
  }
}

value reader::after(const value& before) {
  const std::uint64_t how = digit();
  if (how != relative) return content(how);
  switch (before.type()) {
    case value_type::null: return bad<value>();
    case value_type::boolean: return !before.as_boolean();
    case value_type::text: {
      const std::string_view was = before.as_text();
      const std::uint64_t front = number(), back = number();
      const std::string_view middle = text();
      if (front > was.size() || back > was.size() - front) return bad<value>();
      std::string out(was.substr(0, static_cast<std::size_t>(front)));
      out += middle;
      out += was.substr(was.size() - static_cast<std::size_t>(back));
      return out;
    }
    default: {
      const std::uint8_t scale =
          before.type() == value_type::decimal ? before.as_decimal().scale : std::uint8_t{0};
      return made(before.type(), plus(integer_in(before), whole()), scale);
    }
  }
}

unexpected unreadable(const schema::record& row) {
  return unexpected(error(errc::store_corrupt,
                          "entry " + std::to_string(row.key().value) +
                              " of the change log cannot be read; restore a backup")
                        .of_record(row.key().value));
}

bool known(char letter) noexcept {
  return std::string_view("cedrp").find(letter) != std::string_view::npos;
}

/// Reads what follows the head.
void read_fields(reader& in, change_entry& out) {
  std::uint64_t next = 0;
  while (in.good() && !in.ended()) {
    const std::uint64_t head = in.digit();
    std::uint64_t step = head & far;
    if (step == far) step += in.number();
    constexpr std::uint64_t most = 0xffff'ffff;
    if (step > most || next + step > most) return static_cast<void>(in.content(relative));
    field_change f;
    f.field = static_cast<std::uint32_t>(next + step);
    next += step + 1;
    value first = in.content(head >> 3);
    switch (out.what) {
      case change_kind::create: f.after = std::move(first); break;
      case change_kind::purge: f.before = std::move(first); break;
      default:
        f.after = in.after(first);
        f.before = std::move(first);
    }
    out.fields.push_back(std::move(f));
  }
}

/// What every row says, whatever its form.
change_entry common(const schema::record& row) {
  change_entry out;
  out.sequence = row.key().value;
  const value& at = row.at(table::change["at"].slot);
  if (!at.is_null()) out.at = at.as_instant();
  const value& batch = row.at(table::change["batch"].slot);
  out.batch = batch.is_null() ? out.sequence : batch.as_integer();
  const value& user = row.at(table::change["user"].slot);
  if (!user.is_null()) out.user = id{user.as_integer()};
  const value& record = row.at(table::change["record"].slot);
  if (!record.is_null()) out.record = id{record.as_integer()};
  return out;
}

result<change_entry> read(const schema::record& row, std::string_view text,
                          const word_reader& words, bool whole) {
  change_entry out = common(row);
  reader in(text, out.at);
  const char letter = in.letter();
  out.what = static_cast<change_kind>(letter);
  const std::uint64_t entity = in.number(), cause = in.number();
  std::string_view own;
  if (cause == cause_is_text) own = in.text();
  if (!in.good() || !known(letter) || entity > 0xffff || cause > 0xffff) return unreadable(row);
  out.entity = static_cast<std::uint32_t>(entity);
  if (cause < first_word) {
    out.cause = cause == cause_is_api ? "api" : own;
  } else {
    result<std::string> word = words(static_cast<std::uint32_t>(cause - first_word));
    if (!word) return passed(word);
    if (word->empty()) return unreadable(row);
    out.cause = std::move(*word);
  }
  if (whole) read_fields(in, out);
  if (!in.good()) return unreadable(row);
  return out;
}

/// A value as earlier versions logged it, back as what its field holds.
value from_json(const schema::field& f, const json& j) {
  value v;
  if (j.is(json::type::boolean)) v = j.as_boolean();
  else if (j.is(json::type::text)) v = j.as_text();
  else if (j.is(json::type::number)) {
    if (auto d = decimal::parse(j.as_text()))
      v = d->scale == 0 ? value(d->coefficient) : value(*d);
  }
  result<value> fits = schema::fitted(f, std::move(v));
  return fits ? std::move(*fits) : value();
}

result<void> read_json_fields(const schema::record& row, const schema::entity& of,
                              change_entry& out) {
  const value& before = row.at(table::change["before"].slot);
  const value& after = row.at(table::change["after"].slot);
  result<json> was = json::parse(before.is_null() ? "{}" : before.as_text());
  result<json> is = json::parse(after.is_null() ? "{}" : after.as_text());
  for (result<json>* part : {&was, &is})
    if (!*part && part->error().code() == errc::out_of_memory) return passed(*part);
  if (!was || !is) return unreadable(row);
  for (const json::member& m : is->members()) {
    const schema::field* f = of.find(m.first);
    if (!f) continue;
    const json* old = was->find(m.first);
    out.fields.push_back(
        {f->number, old ? from_json(*f, *old) : value(), from_json(*f, m.second)});
  }
  std::sort(out.fields.begin(), out.fields.end(),
            [](const field_change& a, const field_change& b) { return a.field < b.field; });
  return {};
}

/// A row as versions before packed entries wrote it.
result<change_entry> read_json(const schema::record& row, const schema::catalog& names,
                               bool whole) {
  change_entry out = common(row);
  const value& action = row.at(table::change["action"].slot);
  const value& entity = row.at(table::change["entity"].slot);
  const value& cause = row.at(table::change["cause"].slot);
  if (action.is_null() || entity.is_null()) return unreadable(row);
  const std::string_view what = action.as_text();
  out.what = what == "create"   ? change_kind::create
             : what == "delete" ? change_kind::remove
                                : change_kind::edit;
  if (!cause.is_null()) out.cause = cause.as_text();
  const schema::entity* of = names.find(entity.as_text());
  out.entity = of ? of->number() : 0xffff;
  if (whole && of)
    if (auto ok = read_json_fields(row, *of, out); !ok) return passed(ok);
  return out;
}

result<change_entry> read(const schema::record& row, const schema::catalog& names,
                          const word_reader& words, bool whole) {
  // A row of an earlier version's table has no place for one.
  constexpr std::uint16_t entry = table::change["entry"].slot;
  const value packed = entry < row.slots().size() ? row.at(entry) : value();
  return packed.is_null() ? read_json(row, names, whole)
                          : read(row, packed.as_text(), words, whole);
}

}  // namespace

std::string_view name(change_kind k) noexcept {
  switch (k) {
    case change_kind::create: return "create";
    case change_kind::edit: return "edit";
    case change_kind::remove: return "delete";
    case change_kind::restore: return "restore";
    case change_kind::purge: return "purge";
  }
  return "";
}

void packer::number(std::uint64_t n) {
  for (; n >= more; n >>= 5) out_ += static_cast<char>(zero + static_cast<int>(more | (n & 31)));
  out_ += static_cast<char>(zero + static_cast<int>(n));
}

void packer::whole(std::int64_t n) { number(folded(n)); }

void packer::head(change_kind what, std::uint32_t entity, instant at, const cause_name& why) {
  at_ = at;
  out_ += static_cast<char>(what);
  number(entity);
  if (why.word) return number(why.word + first_word);
  if (why.text.empty()) return number(cause_is_api);
  number(cause_is_text);
  number(why.text.size());
  out_ += why.text;
}

void packer::field(std::uint32_t field, value_type type) {
  const std::uint32_t step = field - next_;
  next_ = field + 1;
  out_ += static_cast<char>(zero + static_cast<int>(type) * 8 +
                            static_cast<int>(std::min(step, far)));
  if (step >= far) number(step - far);
}

void packer::content(const value& v) {
  switch (v.type()) {
    case value_type::null: return;
    case value_type::boolean: return number(v.as_boolean() ? 1 : 0);
    case value_type::text:
      number(v.as_text().size());
      out_ += v.as_text();
      return;
    case value_type::decimal:
      out_ += static_cast<char>(zero + v.as_decimal().scale);
      return whole(v.as_decimal().coefficient);
    case value_type::instant:
      return whole(minus(v.as_instant().microseconds, at_.microseconds));
    default: return whole(integer_in(v));
  }
}

void packer::only(std::uint32_t f, const value& v) {
  field(f, v.type());
  content(v);
}

void packer::change(std::uint32_t f, const value& before, const value& after) {
  field(f, before.type());
  content(before);
  difference(before, after);
}

void packer::difference(const value& before, const value& after) {
  const auto plainly = [&] {
    out_ += static_cast<char>(zero + static_cast<int>(after.type()));
    content(after);
  };
  const bool same = before.type() == after.type();
  // An instant is near the entry's own time more often than near the one that it replaces.
  if (!same || before.is_null() || after.type() == value_type::instant) return plainly();
  const auto by_difference = [&] { out_ += static_cast<char>(zero + static_cast<int>(relative)); };
  if (after.type() == value_type::boolean) {
    if (before == after) return plainly();
    return by_difference();
  }
  if (after.type() == value_type::text) {
    const std::string_view was = before.as_text(), is = after.as_text();
    const shared_ends ends = shared(was, is);
    if (ends.front + ends.back <= 2) return plainly();
    by_difference();
    number(ends.front);
    number(ends.back);
    const std::size_t middle = is.size() - ends.front - ends.back;
    number(middle);
    out_ += is.substr(ends.front, middle);
    return;
  }
  if (after.type() == value_type::decimal &&
      before.as_decimal().scale != after.as_decimal().scale)
    return plainly();
  by_difference();
  whole(minus(integer_in(after), integer_in(before)));
}

value as_of_now(const schema::field& f, value v) {
  if (v.is_null()) return v;
  result<value> fits = schema::fitted(f, v);
  return fits ? std::move(*fits) : std::move(v);
}

result<change_entry> unpacked(const schema::record& row, const schema::catalog& names,
                              const word_reader& words) {
  return read(row, names, words, true);
}

result<change_entry> unpacked_head(const schema::record& row, const schema::catalog& names,
                                   const word_reader& words) {
  return read(row, names, words, false);
}

}  // namespace guanxi::store
