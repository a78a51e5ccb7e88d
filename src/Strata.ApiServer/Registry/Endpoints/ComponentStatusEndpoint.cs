using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Registry.Core.ComponentStatuses;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.Client;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary><c>/api/v1/componentstatuses</c>: read only, made up at each request. All that this server asks about itself is its store.</summary>
/// <param name="isStoreWell">Throws or says no when the store does not answer.</param>
internal sealed class ComponentStatusEndpoint(Func<CancellationToken, ValueTask<bool>> isStoreWell) : IEndpoint
{
    private const string StoreName = "etcd-0"; // What clients know it as.

    private static readonly ComponentStatusPrinter Printer = new();
    private static readonly StoredMetadata Metadata = new("", StoreName, new Dictionary<string, string>());
    private static readonly Dictionary<string, string> Fields = new() { ["metadata.name"] = StoreName };

    public EndpointInfo Info { get; } = new("", "v1", ComponentStatus.Info.Plural, "", ComponentStatus.Info, false, ["get", "list"])
    {
        Singular = Printer.Singular,
        ShortNames = Printer.ShortNames,
    };

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        call.Warn("v1 ComponentStatus is deprecated in v1.19+");
        if (call.Info.Verb == "get")
        {
            return call.Info.Name == StoreName
                ? new ObjectResult(200, new ApiObject(await StatusAsync(cancellationToken)), Printer)
                : throw ApiErrors.NotFound(ComponentStatus.Info, call.Info.Name);
        }

        var query = ListQuery.Parse(call.Query, isWatch: false);
        var isSelected = query.Labels.Matches(Metadata.Labels) && query.Fields.Matches(Fields);
        CacheEntry[] items = isSelected ? [new(StoreName, await StatusAsync(cancellationToken), 0, Metadata, Fields)] : [];
        return new ListResult(new ListPage(items, 0, null, null), Printer);
    }

    private async ValueTask<byte[]> StatusAsync(CancellationToken cancellationToken)
    {
        var condition = new JsonObject { ["type"] = "Healthy" };
        try
        {
            var isWell = await isStoreWell(cancellationToken);
            condition["status"] = isWell ? "True" : "False";
            condition["message"] = isWell ? "ok" : "not ok";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            condition["status"] = "False";
            condition["error"] = failure.Message;
        }

        return JsonBytes.Serialize(new JsonObject
        {
            ["kind"] = ComponentStatus.Info.Kind,
            ["apiVersion"] = ComponentStatus.Info.ApiVersion,
            ["metadata"] = new JsonObject { ["name"] = StoreName },
            ["conditions"] = new JsonArray(condition),
        });
    }
}
