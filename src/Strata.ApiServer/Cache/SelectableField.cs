namespace Strata.ApiServer.Cache;

/// <summary>A field that field selectors of a kind can match.</summary>
/// <param name="Path">Dotted path from the object's root, such as <c>spec.nodeName</c>.</param>
/// <param name="WhenMissing">Its text when the object does not have it.</param>
internal readonly record struct SelectableField(string Path, string WhenMissing = "");
