using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.Client;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>A store as clients of one version see it. For the stored version everything passes through untouched.</summary>
/// <param name="version">Null for the stored version.</param>
internal sealed class VersionView(ResourceStore store, ServedVersion? version)
{
    public KindInfo Kind => version?.Kind ?? store.Kind;

    /// <summary>How this version prints.</summary>
    public ResourceStrategy Printer => version?.Printer ?? store.Strategy;

    private IFieldSchema? Fields => version is null ? store.Strategy.Fields : null;

    /// <summary>Reads an object from a request's body, in the stored version.</summary>
    public async ValueTask<JsonObject> ReadAsync(ApiCall call, bool isNew, CancellationToken cancellationToken)
    {
        var target = BodyReader.ReadObject(call, Kind, Fields);
        if (version is null)
        {
            return target;
        }

        if (isNew)
        {
            var errors = new FieldErrors();
            version.ValidateCreate(target, errors);
            if (errors.Any)
            {
                throw ApiErrors.Invalid(Kind, target.Name(), errors.Causes);
            }
        }

        return await version.ToStoredAsync(target, cancellationToken);
    }

    /// <summary>A patch of this version as a change of the stored object.</summary>
    public Func<JsonObject, ValueTask<JsonObject>> ReadPatch(ApiCall call, CancellationToken cancellationToken)
    {
        var patch = PatchRequest.Read(call, Kind, Fields);
        return version is null
            ? current => ValueTask.FromResult(patch.Apply(current))
            : async current => await version.ToStoredAsync(patch.Apply((await version.FromStoredAsync([current], cancellationToken))[0]), cancellationToken);
    }

    public ListQuery Translate(ListQuery query)
    {
        if (version is null || query.Fields.IsEverything)
        {
            return query;
        }

        return query with
        {
            Fields = query.Fields.Renamed(field => version.StoredField(field) ?? throw ApiErrors.BadRequest($"field label not supported: {field}")),
        };
    }

    public async ValueTask<ObjectResult> AnswerAsync(int code, ServedObject found, CancellationToken cancellationToken) =>
        new(code, version is null ? found.Shared : new ApiObject(await ConvertAsync(found.Json, cancellationToken)), Printer);

    public async ValueTask<ListResult> AnswerAsync(ListPage page, CancellationToken cancellationToken)
    {
        if (version is null)
        {
            return new ListResult(page, store.Strategy);
        }

        var converted = await version.FromStoredAsync([.. page.Items.Select(static item => Parse(item.Json))], cancellationToken);
        CacheEntry[] items = [.. page.Items.Zip(converted, static (item, target) => item.WithJson(JsonBytes.Serialize(target)))];
        return new ListResult(page with { Items = items }, Printer);
    }

    public WatchResult Answer(IAsyncEnumerable<ApiWatchFrame> frames, CancellationToken cancellationToken) =>
        new(version is null ? frames : ConvertAsync(frames, cancellationToken), Printer);

    private async IAsyncEnumerable<ApiWatchFrame> ConvertAsync(IAsyncEnumerable<ApiWatchFrame> frames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var frame in frames.WithCancellation(cancellationToken))
        {
            yield return frame with { Object = new ApiObject(frame.Type == WatchEventType.Bookmark ? Rename(frame.Object.Json) : await ConvertAsync(frame.Object.Json, cancellationToken)) };
        }
    }

    private async ValueTask<byte[]> ConvertAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        JsonBytes.Serialize((await version!.FromStoredAsync([Parse(json)], cancellationToken))[0]);

    // A bookmark has nothing but a version number.
    private byte[] Rename(ReadOnlyMemory<byte> json)
    {
        var target = Parse(json);
        target["apiVersion"] = Kind.ApiVersion;
        target["kind"] = Kind.Kind;
        return JsonBytes.Serialize(target);
    }

    private static JsonObject Parse(ReadOnlyMemory<byte> json) => JsonNode.Parse(json.Span)!.AsObject();
}
