#include "obstacles.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

namespace {

constexpr std::size_t in_words = 3;   // named in the sentence
constexpr std::size_t in_others = 10;  // told one by one beside it

}  // namespace

void obstacles::add(const std::string& name, const schema::record& r, errc code) {
  if (name.empty()) {
    unseen_ = true;
    return;
  }
  if (++seen_ <= in_others)
    first_.push_back(error(code, name).in_entity(r.of().name()).of_record(r.key().value));
}

result<void> obstacles::told(errc code, const std::string& nothing, const std::string& one,
                             const std::string& many, const std::string& unseen,
                             const std::string& remedy) const {
  if (none()) return {};
  std::string text = nothing + " ";
  if (seen_ > 1) text += std::to_string(seen_) + " records (";
  for (std::size_t i = 0; i < std::min(seen_, in_words); ++i)
    text += (i ? ", " : "") + std::string(first_[i].message());
  if (seen_ > in_words) text += ", …";
  if (seen_ > 1) text += ")";
  if (seen_ > 0) text += " " + (seen_ == 1 ? one : many);
  if (unseen_) text += (seen_ > 0 ? ", and " : "") + unseen;
  error out(code, text + "; " + remedy);
  if (!first_.empty()) out.in_entity(first_[0].entity()).of_record(first_[0].record());
  for (const error& each : first_) out.add_other(each);
  return unexpected(std::move(out));
}

}  // namespace guanxi::work
