using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of a pod template (core: validation.go ValidatePodTemplateSpec).</summary>
internal static class PodTemplateValidation
{
    public static void Validate(JsonObject template, string path, FieldErrors errors)
    {
        var metadata = template.Object("metadata");
        QualifiedNames.ValidateLabels(metadata.Object("labels"), $"{path}.metadata.labels", errors);
        MetadataValidation.ValidateAnnotations(metadata.Object("annotations"), $"{path}.metadata.annotations", errors);
        PodSpecValidation.Validate(template.Object("spec"), $"{path}.spec", errors);
        if (template.Object("spec").Count("ephemeralContainers") > 0)
        {
            errors.Forbidden($"{path}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template");
        }
    }
}
