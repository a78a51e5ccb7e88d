namespace Strata.Api.OpenApi;

/// <summary>A query parameter that the API's operations share.</summary>
internal sealed record OpenApiParameter(string Name, string Type, string Description)
{
    private static readonly OpenApiParameter DryRun = new("dryRun", "string", "When present, modifications are not persisted. The only valid value is All.");
    private static readonly OpenApiParameter FieldManager = new("fieldManager", "string", "A name for the actor or entity that makes these changes, at most 128 printable characters.");

    private static readonly OpenApiParameter FieldValidation = new(
        "fieldValidation", "string", "How to treat unknown or duplicate fields: Ignore drops them silently, Warn (the default) drops them with a warning, Strict fails the request.");

    private static readonly OpenApiParameter Limit = new("limit", "integer", "The most items to return; the rest is fetched with continue.");
    private static readonly OpenApiParameter LabelSelector = new("labelSelector", "string", "Restricts the list to objects with these labels. Defaults to everything.");
    private static readonly OpenApiParameter FieldSelector = new("fieldSelector", "string", "Restricts the list to objects with these fields. Defaults to everything.");

    /// <summary>Options of create and update.</summary>
    public static OpenApiParameter[] Write { get; } = [DryRun, FieldManager, FieldValidation];

    /// <summary>Options of patch. kubectl looks for fieldValidation here before it sends anything.</summary>
    public static OpenApiParameter[] Patch { get; } =
        [.. Write, new OpenApiParameter("force", "boolean", "Apply requests only: take over fields that another manager owns.")];

    public static OpenApiParameter[] Delete { get; } =
    [
        DryRun,
        new OpenApiParameter("gracePeriodSeconds", "integer", "Seconds before the object is deleted; 0 means at once."),
        new OpenApiParameter("orphanDependents", "boolean", "Deprecated: use propagationPolicy."),
        new OpenApiParameter("propagationPolicy", "string", "What happens to dependents: Orphan, Background or Foreground."),
    ];

    public static OpenApiParameter[] List { get; } =
    [
        new OpenApiParameter("allowWatchBookmarks", "boolean", "Asks for events of type BOOKMARK."),
        new OpenApiParameter("continue", "string", "The token of the previous page."),
        FieldSelector,
        LabelSelector,
        Limit,
        new OpenApiParameter("resourceVersion", "string", "The version the list or watch starts from."),
        new OpenApiParameter("resourceVersionMatch", "string", "How resourceVersion applies to a list: Exact or NotOlderThan."),
        new OpenApiParameter("sendInitialEvents", "boolean", "Begins a watch with the current objects and a bookmark."),
        new OpenApiParameter("timeoutSeconds", "integer", "How long a list or watch may take."),
        new OpenApiParameter("watch", "boolean", "Streams changes instead of listing."),
    ];

    public static OpenApiParameter[] DeleteCollection { get; } = [.. Delete, FieldSelector, LabelSelector, Limit];
}
