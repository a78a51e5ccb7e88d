using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>A kind's own resource: <c>/api/v1/namespaces/x/pods[/name]</c>.</summary>
/// <param name="version">Another version than the stored one; null for that.</param>
internal sealed class ObjectEndpoint(ResourceStore store, ServedVersion? version = null) : IEndpoint
{
    private readonly VersionView _view = new(store, version);

    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public EndpointInfo Info { get; } = new(
        (version?.Kind ?? store.Kind).Group, (version?.Kind ?? store.Kind).Version, store.Kind.Plural, "", version?.Kind ?? store.Kind, store.Kind.Namespaced,
        store.Kind is { Group: "", Plural: "namespaces" } ? [.. AllVerbs.Where(static verb => verb != "deletecollection")] : AllVerbs)
    {
        Singular = store.Strategy.Singular,
        ShortNames = store.Strategy.ShortNames,
        Categories = store.Strategy.Categories,
        Custom = store.Strategy.Published,
    };

    public ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken) => call.Info.Verb switch
    {
        "get" => GetAsync(call, cancellationToken),
        "list" => ListAsync(call, cancellationToken),
        "watch" => WatchAsync(call, cancellationToken),
        "create" => CreateAsync(call, cancellationToken),
        "update" => UpdateAsync(call, cancellationToken),
        "patch" => PatchAsync(call, cancellationToken),
        "delete" => DeleteAsync(call, cancellationToken),
        "deletecollection" => DeleteCollectionAsync(call, cancellationToken),
        _ => throw ApiErrors.MethodNotAllowed(call.Info.Verb),
    };

    /// <summary>The object that a request names.</summary>
    public static ObjectKey KeyOf(ApiCall call, bool isNamespaced) => new(isNamespaced ? call.Info.Namespace : "", call.Info.Name);

    private async ValueTask<ApiResult> GetAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var found = await store.GetAsync(KeyOf(call), ListQuery.ParseVersion(call.Query["resourceVersion"]), cancellationToken);
        return await _view.AnswerAsync(200, found, cancellationToken);
    }

    private async ValueTask<ApiResult> ListAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(CollectionNamespace(call), _view.Translate(ListQuery.Parse(call.Query, isWatch: false)), cancellationToken);
        return await _view.AnswerAsync(page, cancellationToken);
    }

    private async ValueTask<ApiResult> WatchAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var query = _view.Translate(ListQuery.Parse(call.Query, isWatch: true));
        var name = call.Info.Name.Length > 0 ? call.Info.Name : null;
        return _view.Answer(await store.WatchAsync(CollectionNamespace(call), name, query, cancellationToken), cancellationToken);
    }

    private async ValueTask<ApiResult> CreateAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (call.Info.Name.Length > 0 || (Info.Namespaced && call.Info.Namespace.Length == 0))
        {
            throw ApiErrors.MethodNotAllowed("create");
        }

        var target = await _view.ReadAsync(call, isNew: true, cancellationToken);
        return await _view.AnswerAsync(201, await store.CreateAsync(WriteContexts.From(call), CollectionNamespace(call), null, target, cancellationToken), cancellationToken);
    }

    private async ValueTask<ApiResult> UpdateAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var wanted = await _view.ReadAsync(call, isNew: false, cancellationToken);
        if (wanted.Metadata().Text("name") is null)
        {
            throw ApiErrors.BadRequest("name must be provided");
        }

        // The change is called once per attempt and hands over a tree that will be changed, so it makes a copy; most updates need only one.
        JsonObject? unused = wanted;
        var result = await store.UpdateAsync(
            WriteContexts.From(call), KeyOf(call), "", WriteMode.Main, _ => (JsonObject)wanted.DeepClone(), () => Interlocked.Exchange(ref unused, null) ?? (JsonObject)wanted.DeepClone(),
            cancellationToken);
        return await _view.AnswerAsync(result.IsCreated ? 201 : 200, result.Object, cancellationToken);
    }

    private async ValueTask<ApiResult> PatchAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (call.ContentType == MediaTypes.ApplyPatch)
        {
            var body = await AppliedBody.ReadAsync(call, store, version, cancellationToken);
            var applied = await body.WriteAsync(KeyOf(call), "", WriteMode.Main, cancellationToken);
            return await _view.AnswerAsync(applied.IsCreated ? 201 : 200, applied.Object, cancellationToken);
        }

        var patch = _view.ReadPatch(call, cancellationToken);
        var result = await store.UpdateByAsync(WriteContexts.From(call), KeyOf(call), "", WriteMode.Main, patch, null, cancellationToken);
        return await _view.AnswerAsync(200, result.Object, cancellationToken);
    }

    private async ValueTask<ApiResult> DeleteAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var options = ReadDeletion(call);
        var result = await store.DeleteAsync(WriteContexts.From(call) with { DryRun = options.DryRun }, KeyOf(call), options, cancellationToken);
        if (result.IsRemoved && !store.Strategy.ReturnsObjectOnDelete)
        {
            return new ObjectResult(200, SuccessStatus.Of(Info.Kind, result.Object), null) { IsStatus = true };
        }

        return await _view.AnswerAsync(!result.IsRemoved && options.OrphanDependents == false ? 202 : 200, result.Object, cancellationToken);
    }

    private async ValueTask<ApiResult> DeleteCollectionAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (Info.Namespaced && call.Info.Namespace.Length == 0)
        {
            throw ApiErrors.MethodNotAllowed("deletecollection");
        }

        var options = ReadDeletion(call);
        var query = _view.Translate(ListQuery.Parse(call.Query, isWatch: false));
        var page = await store.DeleteCollectionAsync(
            WriteContexts.From(call) with { DryRun = options.DryRun }, CollectionNamespace(call), query, options, cancellationToken);
        return await _view.AnswerAsync(page, cancellationToken);
    }

    private DeletionOptions ReadDeletion(ApiCall call)
    {
        var options = DeletionOptions.Read(BodyReader.ReadOptions(call, "DeleteOptions"), call.Query);
        if (store.Strategy.OrphaningWarning is { } warning && options is { PropagationPolicy: null, OrphanDependents: null })
        {
            call.Warn(warning);
        }

        return options;
    }

    private ObjectKey KeyOf(ApiCall call) => KeyOf(call, Info.Namespaced);

    private string CollectionNamespace(ApiCall call) => Info.Namespaced ? call.Info.Namespace : "";
}
