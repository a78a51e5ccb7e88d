using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.CustomResources;

/// <summary>Turns objects of one version of a custom resource into another. Thread-safe.</summary>
internal interface ICustomResourceConverter
{
    /// <summary>May change and return <paramref name="source"/>, whose apiVersion is not that of <paramref name="wanted"/>.</summary>
    JsonObject Convert(JsonObject source, KindInfo wanted);
}
