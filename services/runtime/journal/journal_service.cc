#include "services/runtime/journal/journal_service.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/journal/watch_stream.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::journal {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kMostPage = 1000;
constexpr size_t kHistoryBytes = 768 << 10;

absl::Status CheckFrom(int64_t position, int64_t least) {
  if (position >= least) return absl::OkStatus();
  return InvalidField("POSITION_OUT_OF_RANGE", "from_position",
                      absl::StrCat("a position is at least ", least));
}

absl::StatusOr<int> PageSize(const v1::ReadJournalRequest& request) {
  if (request.page_size() == 0) return kDefaultPage;
  if (request.page_size() > 0 && request.page_size() <= kMostPage) return request.page_size();
  return InvalidField("PAGE_SIZE_OUT_OF_RANGE", "page_size",
                      absl::StrCat("at most ", kMostPage, ", or 0 for ", kDefaultPage));
}

// The version after which the page starts.
absl::StatusOr<int64_t> After(const Call& call, const v1::ListHistoryRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const std::string position, resource::ReadPageToken(call, request));
  int64_t after = 0;
  if (position.empty() || absl::SimpleAtoi(position, &after)) return after;
  return InvalidField("PAGE_TOKEN_INVALID", "page_token", "start again from the first page");
}

// Leaves what fits a message, at least one; and whether anything was left out.
bool Cut(std::vector<StoredEntry>* entries, size_t most) {
  size_t bytes = 0;
  size_t fits = 0;
  for (; fits < entries->size() && fits < most; ++fits) {
    bytes += (*entries)[fits].body.size();
    if (bytes > kHistoryBytes && fits > 0) break;
  }
  const bool more = fits < entries->size();
  entries->resize(fits);
  return more;
}

}  // namespace

absl::StatusOr<v1::ReadJournalResponse> JournalService::ReadJournal(
    Call& call, const v1::ReadJournalRequest& request) {
  COMITY_RETURN_IF_ERROR(CheckFrom(request.from_position(), 0));
  COMITY_ASSIGN_OR_RETURN(const int page_size, PageSize(request));
  Page page;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(page, ReadPage(reader, request.from_position(), page_size));
    return absl::OkStatus();
  }));
  v1::ReadJournalResponse response;
  response.set_size(page.size);
  COMITY_RETURN_IF_ERROR(AddEntries(page.entries, response.mutable_entries()));
  return response;
}

absl::StatusOr<v1::ListHistoryResponse> JournalService::ListHistory(
    Call& call, const v1::ListHistoryRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const int page_size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const int64_t after, After(call, request));
  std::vector<StoredEntry> history;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(history, ReadHistory(reader, request.subject(), after, page_size + 1));
    return absl::OkStatus();
  }));
  // Every record of this service has entries: a subject without is none of its own.
  if (history.empty() && after == 0) return NotFound(request.subject());
  v1::ListHistoryResponse response;
  const bool more = Cut(&history, static_cast<size_t>(page_size));
  COMITY_RETURN_IF_ERROR(AddEntries(history, response.mutable_entries()));
  if (more) {
    const int64_t last = response.entries(response.entries_size() - 1).entry().version();
    response.set_next_page_token(resource::MakePageToken(call, request, absl::StrCat(last)));
  }
  return response;
}

grpc::ServerWriteReactor<v1::WatchJournalResponse>* JournalService::WatchJournal(
    grpc::CallbackServerContext* context, const v1::WatchJournalRequest* request) {
  static const std::string* const method =
      new std::string(absl::StrCat(Api::service_full_name(), "/WatchJournal"));
  auto admitted = edge_->Admit(context, method->c_str(), request);
  if (!admitted.ok()) return WatchStream::Refuse(admitted.status());
  const absl::Status from = CheckFrom(request->from_position(), -1);
  if (from.ok()) return WatchStream::Begin(hub_, *std::move(admitted), request->from_position());
  (*admitted)->Ended(from);
  return WatchStream::Refuse(from);
}

}  // namespace comity::journal
