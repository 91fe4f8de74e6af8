#include "services/client/demo/loader.h"

#include "absl/strings/str_cat.h"
#include "comity/lead/v1/product_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/demo/people_sender.h"
#include "services/client/demo/phase_sender.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using lead::v1::Product;

constexpr char kProductService[] = "comity.lead.v1.ProductService/";
constexpr char kAnchor[] = "demo-day";  // the day on which the history ends
constexpr char kScale[] = "demo-scale";
constexpr char kLoaded[] = "demo-loaded";
// Services keep the replies to requests for thirty days: an older load cannot be gone on with.
constexpr absl::Duration kResumable = absl::Hours(24 * 28);

Identity Keeper() { return StewardOf("departments/sales"); }

class Loader {
 public:
  Loader(Caller& caller, const LoadOptions& options) : caller_(caller), options_(options) {}

  absl::StatusOr<LoadResult> Run() {
    COMITY_ASSIGN_OR_RETURN(const Product marker, FindMarker());
    if (!Mark(marker, kLoaded).empty()) return LoadResult{true, 0};
    COMITY_ASSIGN_OR_RETURN(const absl::Time day, FirstDay(marker));
    Company company = MakeCompany({options_.seed, options_.scale, day});
    MarkFirstProduct(company, day);
    const auto request_id = [this](absl::string_view key) { return RequestId(key); };
    COMITY_RETURN_IF_ERROR(
        SendPeople(caller_, company, request_id, [this](int64_t done, int64_t total) {
          if (options_.progress) options_.progress("teams and people", done, total);
        }));
    PhaseSender sender(caller_, {options_.writers, request_id, options_.progress});
    for (Phase& phase : company.phases) COMITY_RETURN_IF_ERROR(sender.Send(phase));
    COMITY_RETURN_IF_ERROR(MarkAsLoaded());
    return LoadResult{false, sender.sent()};
  }

 private:
  std::string Source() const { return absl::StrCat("demo-", options_.seed); }
  std::string RequestId(absl::string_view key) const {
    return RequestIdFor(absl::StrCat(Source(), "|", key));
  }
  static std::string Mark(const Product& marker, absl::string_view key) {
    return Cell(marker, absl::StrCat("attributes.", key));
  }

  // The first product, if an earlier load came that far; else an empty one.
  absl::StatusOr<Product> FindMarker() {
    lead::v1::ListProductsRequest request;
    request.set_filter(
        absl::StrCat("external_id.source = \"", Source(), "\" AND external_id.id = \"product-0\""));
    COMITY_ASSIGN_OR_RETURN(const auto found,
                            caller_.Ask<lead::v1::ListProductsResponse>(
                                Keeper(), absl::StrCat(kProductService, "ListProducts"), request));
    return found.products_size() == 0 ? Product() : found.products(0);
  }

  // The day of the load that was interrupted: the same requests again need the same company.
  absl::StatusOr<absl::Time> FirstDay(const Product& marker) const {
    if (marker.name().empty()) return options_.now;
    if (Mark(marker, kScale) != absl::StrCat(options_.scale)) {
      return PreconditionFailed("DEMO_SCALE_DIFFERS", marker.name(),
                                absl::StrCat("an interrupted load stands here: go on with --scale ",
                                             Mark(marker, kScale), ", or take another --seed"));
    }
    COMITY_ASSIGN_OR_RETURN(const absl::Time day, ParseInstant(Mark(marker, kAnchor)));
    if (options_.now - day <= kResumable) return day;
    return PreconditionFailed("DEMO_TOO_OLD", marker.name(),
                              absl::StrCat("a load of ", Mark(marker, kAnchor),
                                           " was interrupted and can no longer be gone on with: "
                                           "take another --seed, or an empty suite"));
  }

  void MarkFirstProduct(Company& company, absl::Time day) const {
    auto& first =
        static_cast<lead::v1::CreateProductRequest&>(*company.phases[0].drafts[0].request);
    auto& attributes = *first.mutable_product()->mutable_attributes();
    attributes[kAnchor] = absl::FormatTime("%Y-%m-%d", day, absl::UTCTimeZone());
    attributes[kScale] = absl::StrCat(options_.scale);
  }

  absl::Status MarkAsLoaded() {
    COMITY_ASSIGN_OR_RETURN(Product marker, FindMarker());
    lead::v1::UpdateProductRequest request;
    *request.mutable_product() = std::move(marker);
    (*request.mutable_product()->mutable_attributes())[kLoaded] = "yes";
    request.mutable_update_mask()->add_paths("attributes");
    request.set_request_id(RequestId("loaded"));
    return caller_.Ask<Product>(Keeper(), absl::StrCat(kProductService, "UpdateProduct"), request)
        .status();
  }

  Caller& caller_;
  const LoadOptions& options_;
};

}  // namespace

absl::StatusOr<LoadResult> LoadCompany(Caller& caller, const LoadOptions& options) {
  return Loader(caller, options).Run();
}

}  // namespace comity::client
