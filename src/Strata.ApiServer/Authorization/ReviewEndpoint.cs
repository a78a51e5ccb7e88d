using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Authorization;

/// <summary>A question posed by POST: the object comes back with its status filled in, and nothing is stored.</summary>
/// <param name="namespaced">Whether it is asked within a namespace.</param>
/// <param name="answer">Fills in the status.</param>
internal sealed class ReviewEndpoint<T>(bool namespaced, Func<ApiCall, T, CancellationToken, ValueTask<T>> answer) : IEndpoint
    where T : class, IKubeObject<T>
{
    public EndpointInfo Info { get; } = new(T.Info.Group, T.Info.Version, T.Info.Plural, "", T.Info, namespaced, ["create"])
    {
        Singular = T.Info.Kind.ToLowerInvariant(),
    };

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var body = BodyReader.ReadObject(call, T.Info);
        var question = ModelJson.Parse<T>(JsonBytes.Serialize(body));
        var answered = await answer(call, question, cancellationToken);
        var json = JsonNode.Parse(ModelJson.Serialize(answered))!.AsObject();

        // Upstream writes metadata even when it is empty, and clients take its absence for a broken object.
        json["metadata"] ??= new JsonObject { ["creationTimestamp"] = null };
        return new ObjectResult(201, new ApiObject(JsonBytes.Serialize(json)), null);
    }
}
