#include "services/client/output/promise_view.h"

#include "absl/strings/str_cat.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"

namespace comity::client {

using lead::v1::Promise;

std::string PromiseStateText(const Promise& promise) {
  const auto* value = lead::v1::PromiseState_descriptor()->FindValueByNumber(promise.state());
  std::string text = value == nullptr ? "unknown" : ShortEnum(*value);  // of a later release
  if (promise.late()) {
    absl::StrAppend(&text, promise.state() == lead::v1::PROMISE_STATE_OPEN ? ", overdue" : " late");
  }
  if (promise.has_marked_by()) {
    absl::StrAppend(&text, " by ", ShowActor(promise.marked_by()), " ",
                    FormatTime(promise.mark_time()));
  }
  return text;
}

std::string PromiseLine(const Promise& promise) {
  return absl::StrCat(OneLine(promise.text()), ", to ", promise.contact(), ", by ",
                      FormatTime(promise.due_time()), ": ", PromiseStateText(promise), " (",
                      promise.name(), ")");
}

std::string PromiseTable(const google::protobuf::RepeatedPtrField<Promise>& promises, int width) {
  Table table(
      {{"DUE", false, true}, {"PROMISED"}, {"TO", false, true}, {"STATE"}, {"NAME", false, true}});
  for (const Promise& promise : promises) {
    table.AddRow({FormatTime(promise.due_time()), promise.text(), promise.contact(),
                  PromiseStateText(promise), promise.name()});
  }
  return table.empty() ? "" : table.Render(width);
}

}  // namespace comity::client
