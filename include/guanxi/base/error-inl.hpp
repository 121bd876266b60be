#pragma once

#include "guanxi/base/error.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace guanxi {

GUANXI_INLINE std::string_view name(errc code) noexcept {
  switch (code) {
    case errc::ok: return "ok";
    case errc::invalid_argument: return "invalid_argument";
    case errc::invalid_text: return "invalid_text";
    case errc::unknown_name: return "unknown_name";
    case errc::parse: return "parse";
    case errc::type_mismatch: return "type_mismatch";
    case errc::overflow: return "overflow";
    case errc::mixed_currency: return "mixed_currency";
    case errc::undefined_period: return "undefined_period";
    case errc::missing_rate: return "missing_rate";
    case errc::permission: return "permission";
    case errc::not_found: return "not_found";
    case errc::validation: return "validation";
    case errc::duplicate: return "duplicate";
    case errc::conflict: return "conflict";
    case errc::effect_limit: return "effect_limit";
    case errc::file_missing: return "file_missing";
    case errc::not_a_database: return "not_a_database";
    case errc::newer_schema: return "newer_schema";
    case errc::store_full: return "store_full";
    case errc::store_io: return "store_io";
    case errc::store_corrupt: return "store_corrupt";
    case errc::busy: return "busy";
    case errc::read_only: return "read_only";
    case errc::unsupported: return "unsupported";
    case errc::commit_unknown: return "commit_unknown";
    case errc::pruned: return "pruned";
    case errc::interrupted: return "interrupted";
    case errc::limit: return "limit";
    case errc::out_of_memory: return "out_of_memory";
    case errc::misuse: return "misuse";
    case errc::internal: return "internal";
  }
  return "internal";
}

namespace detail_error {

/// Length of the UTF-8 character at the front of `text`, or 0 if it has no business in a message.
/// Coarser than utf8_fault(): forms that only pedants mind are passed on as they are.
GUANXI_INLINE std::size_t printable(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

}  // namespace detail_error

GUANXI_INLINE std::string in_backticks(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string out = "`";
  while (!text.empty()) {
    const std::size_t length = detail_error::printable(text);
    if (out.size() + length > longest) {
      out += "…";
      break;
    }
    if (length == 0) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return out += '`';
}

GUANXI_INLINE error::error(errc code, std::string message) : code_(code) {
  grown().message = std::move(message);
}

GUANXI_INLINE error::error(const error& other)
    : code_(other.code_),
      detail_(other.detail_ ? std::make_unique<detail>(*other.detail_) : nullptr) {}

GUANXI_INLINE error& error::operator=(const error& other) {
  if (this != &other) *this = error(other);
  return *this;
}

GUANXI_INLINE error::detail& error::grown() {
  if (!detail_) detail_ = std::make_unique<detail>();
  return *detail_;
}

GUANXI_INLINE std::string_view error::message() const noexcept {
  return detail_ ? std::string_view(detail_->message) : std::string_view();
}
GUANXI_INLINE std::string_view error::entity() const noexcept {
  return detail_ ? std::string_view(detail_->entity) : std::string_view();
}
GUANXI_INLINE std::string_view error::field() const noexcept {
  return detail_ ? std::string_view(detail_->field) : std::string_view();
}
GUANXI_INLINE std::int64_t error::record() const noexcept { return detail_ ? detail_->record : 0; }
GUANXI_INLINE std::int64_t error::line() const noexcept { return detail_ ? detail_->line : 0; }
GUANXI_INLINE std::int64_t error::offset() const noexcept { return detail_ ? detail_->offset : -1; }
GUANXI_INLINE std::int32_t error::store_code() const noexcept {
  return detail_ ? detail_->store_code : 0;
}
GUANXI_INLINE bool error::retriable() const noexcept { return detail_ && detail_->retriable; }
GUANXI_INLINE bool error::aborted() const noexcept { return detail_ && detail_->aborted; }
GUANXI_INLINE std::string_view error::token() const noexcept {
  return detail_ ? std::string_view(detail_->token) : std::string_view();
}
GUANXI_INLINE const enclosure* error::enclosed() const noexcept {
  return detail_ ? detail_->enclosed.get() : nullptr;
}

GUANXI_INLINE error& error::in_entity(std::string_view v) & { grown().entity = v; return *this; }
GUANXI_INLINE error& error::in_field(std::string_view v) & { grown().field = v; return *this; }
GUANXI_INLINE error& error::of_record(std::int64_t v) & { grown().record = v; return *this; }
GUANXI_INLINE error& error::at_line(std::int64_t v) & { grown().line = v; return *this; }
GUANXI_INLINE error& error::at_offset(std::int64_t v) & { grown().offset = v; return *this; }
GUANXI_INLINE error& error::with_store_code(std::int32_t v) & {
  grown().store_code = v;
  return *this;
}
GUANXI_INLINE error& error::set_retriable(bool v) & { grown().retriable = v; return *this; }
GUANXI_INLINE error& error::set_aborted(bool v) & { grown().aborted = v; return *this; }
GUANXI_INLINE error& error::set_token(std::string v) & {
  grown().token = std::move(v);
  return *this;
}
GUANXI_INLINE error& error::enclose(std::shared_ptr<const enclosure> v) & {
  grown().enclosed = std::move(v);
  return *this;
}
GUANXI_INLINE error& error::set_message(std::string v) & {
  grown().message = std::move(v);
  return *this;
}

GUANXI_INLINE error& error::add_other(error other) & {
  grown().others.push_back(std::move(other));
  return *this;
}
GUANXI_INLINE const std::vector<error>& error::others() const noexcept {
  static const std::vector<error> none;
  return detail_ ? detail_->others : none;
}

GUANXI_INLINE void nearest_name::offer(std::string_view candidate) {
  if (word_.size() > 64 || candidate.size() > 64) return;
  // Edit distance with swapped neighbours as one edit: what fingers do most.
  std::vector<std::size_t> before, above(candidate.size() + 1), row(candidate.size() + 1);
  for (std::size_t j = 0; j <= candidate.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= word_.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= candidate.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (word_[i - 1] == candidate[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && word_[i - 1] == candidate[j - 2] &&
                           word_[i - 2] == candidate[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  const std::size_t distance = row.back();
  const std::size_t allowed = std::max<std::size_t>(1, word_.size() / 3);
  if (distance > allowed) return;
  const bool better = best_.empty() || distance < distance_ ||
                      (distance == distance_ && candidate < std::string_view(best_));
  if (!better) return;
  best_ = candidate;
  distance_ = distance;
}

GUANXI_INLINE std::string nearest_name::hint() const {
  return best_.empty() ? std::string() : "; did you mean `" + best_ + "`?";
}

}  // namespace guanxi
