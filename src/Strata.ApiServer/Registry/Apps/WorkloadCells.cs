using System.Text.Json;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps;

/// <summary>The wide columns that show a workload's template.</summary>
internal static class WorkloadCells
{
    public static readonly TableColumn ContainersColumn = new("Containers", Priority: 1, Description: "Names of each container in the template.");
    public static readonly TableColumn ImagesColumn = new("Images", Priority: 1, Description: "Images referenced by each container in the template.");
    public static readonly TableColumn SelectorColumn = new("Selector", Priority: 1, Description: "Label selector for existing pods.");

    public static string Containers(JsonElement source) => Cells.Join(TemplateContainers(source), "name"u8);

    public static string Images(JsonElement source) => Cells.Join(TemplateContainers(source), "image"u8);

    public static string Selector(JsonElement source) => Cells.Selector(source.Get("spec"u8, "selector"u8));

    private static JsonElement TemplateContainers(JsonElement source) => source.Get("spec"u8, "template"u8).Get("spec"u8, "containers"u8);
}
