// The words that a person typed, and where a text has them: what text_services.hpp says of search.
//
//   auto wanted = words_to_find("张三 acme", forms);   wanted->relevance(texts);
//
// Thread rule: constants.
#pragma once

#include "guanxi/base/text_services.hpp"

namespace guanxi {

/// What search needs of a text library.
class search_forms {
 public:
  virtual ~search_forms() = default;
  /// NFKC and case folded, without accents (U+0300 to U+036F of what is decomposed), and a blank
  /// for whatever is neither letter, nor mark, nor digit.
  virtual std::string plain_words(std::string_view text) const = 0;
  virtual std::string folded(std::string_view text) const = 0;
};

std::unique_ptr<const search_words> words_to_find(std::string_view typed, const search_forms& by);

}  // namespace guanxi
