using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Scheduling.PriorityClasses;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Turns a pod's priority class into a number, and allows one class only to be everybody's (plugin/pkg/admission/priority).</summary>
internal sealed class PriorityPlugin(IObjectReader objects) : IAdmissionPlugin
{
    private static readonly PriorityClass NoClass = new() { PreemptionPolicy = "PreemptLowerPriority" };

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == Pod.Info && request.Subresource.Length == 0 && request.Object is { } pod)
        {
            if (request.Operation == AdmissionOperation.Create)
            {
                Resolve(request, pod.Ensure("spec"), await ClassOfAsync(request, pod.Ensure("spec"), cancellationToken));
            }
            else if (request.Operation == AdmissionOperation.Update)
            {
                Keep(pod.Ensure("spec"), request.OldObject.Object("spec"));
            }
        }
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var isWrite = request.Operation is AdmissionOperation.Create or AdmissionOperation.Update;
        if (isWrite && request.Kind == PriorityClass.Info && request.Object.IsTrue("globalDefault") && GlobalDefault() is { } other && other.Metadata.Name != request.Object!.Name())
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, $"PriorityClass {other.Metadata.Name} is already marked as default. Only one default can exist");
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask<PriorityClass> ClassOfAsync(AdmissionRequest request, JsonObject spec, CancellationToken cancellationToken)
    {
        if (spec.Text("priorityClassName") is { } name)
        {
            // The two classes of the system count from the first moment on, also before they are objects.
            return await objects.FindAsync<PriorityClass>("", name, cancellationToken)
                ?? SystemClasses.All.FirstOrDefault(known => known.Metadata.Name == name)
                ?? throw ApiErrors.Forbidden(request.Kind, request.Name, $"no PriorityClass with name {name} was found");
        }

        if (GlobalDefault() is not { } everybodys)
        {
            return NoClass;
        }

        spec["priorityClassName"] = everybodys.Metadata.Name;
        return everybodys;
    }

    // Two at once can only come from a race; the lower one counts then.
    private PriorityClass? GlobalDefault() => objects.List<PriorityClass>("").Where(static item => item.GlobalDefault).MinBy(static item => item.Value);

    private static void Resolve(AdmissionRequest request, JsonObject spec, PriorityClass found)
    {
        if (spec.Number("priority") is { } given && given != found.Value)
        {
            throw ApiErrors.Forbidden(
                request.Kind, request.Name,
                $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {found.Value} from the given PriorityClass name");
        }

        spec["priority"] = JsonNumber.Create(found.Value);
        var policy = found.PreemptionPolicy ?? "PreemptLowerPriority";
        if (spec.Text("preemptionPolicy") is { } wanted && wanted != policy)
        {
            throw ApiErrors.Forbidden(
                request.Kind, request.Name,
                $"the string value of PreemptionPolicy ({wanted}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }

        spec["preemptionPolicy"] = policy;
    }

    // A client that sends a manifest back without what was computed does not mean to change it.
    private static void Keep(JsonObject spec, JsonObject? oldSpec)
    {
        foreach (var field in (ReadOnlySpan<string>)["priority", "preemptionPolicy"])
        {
            if (spec[field] is null)
            {
                spec.Restore(oldSpec, field);
            }
        }
    }
}
