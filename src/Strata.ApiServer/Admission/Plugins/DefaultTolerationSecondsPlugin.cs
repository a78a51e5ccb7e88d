using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>A pod that says nothing about failing nodes stays five minutes on one (plugin/pkg/admission/defaulttolerationseconds).</summary>
internal sealed class DefaultTolerationSecondsPlugin : IAdmissionPlugin
{
    private const int Seconds = 300;

    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == Pod.Info && request.Subresource.Length == 0 && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update
            && request.Object is { } pod)
        {
            var spec = pod.Ensure("spec");
            AddUnlessTolerated(spec, "node.kubernetes.io/not-ready");
            AddUnlessTolerated(spec, "node.kubernetes.io/unreachable");
        }

        return ValueTask.CompletedTask;
    }

    private static void AddUnlessTolerated(JsonObject spec, string taint)
    {
        foreach (var (toleration, _) in spec.Objects("tolerations"))
        {
            if (toleration.TextOrEmpty("key") is var key && (key == taint || key.Length == 0) && toleration.TextOrEmpty("effect") is "NoExecute" or "")
            {
                return;
            }
        }

        var tolerations = spec.Array("tolerations") ?? [];
        tolerations.Add((JsonNode)new JsonObject
        {
            ["key"] = taint,
            ["operator"] = "Exists",
            ["effect"] = "NoExecute",
            ["tolerationSeconds"] = JsonNumber.Create(Seconds),
        });
        spec["tolerations"] = tolerations;
    }
}
