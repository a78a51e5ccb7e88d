using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources;

/// <summary>Decides which of the names a definition asks for it gets: each name belongs to one kind of a group
/// (apiextensions-apiserver: pkg/controller/status/naming_controller.go, establish/establishing_controller.go).</summary>
internal static class NamesPlan
{
    /// <summary>Writes names and conditions into the definition's status. Without a difference it changes nothing.</summary>
    /// <param name="taken">Names of the group's other kinds: plurals, singulars and short names.</param>
    /// <param name="takenKinds">Their kinds and list kinds.</param>
    /// <param name="time">Of changed conditions.</param>
    public static void Apply(JsonObject definition, IReadOnlySet<string> taken, IReadOnlySet<string> takenKinds, string time)
    {
        var wanted = definition.Object("spec").Object("names") ?? [];
        var accepted = definition.Ensure("status").Ensure("acceptedNames");
        var (reason, message) = ("", "");
        Take("plural", taken, "PluralConflict");
        Take("singular", taken, "SingularConflict");
        TakeShortNames();
        Take("kind", takenKinds, "KindConflict");
        Take("listKind", takenKinds, "ListKindConflict");
        accepted.Restore(wanted, "categories");

        var areAccepted = reason.Length == 0;
        DefinitionConditions.Set(
            definition, DefinitionConditions.NamesAccepted, areAccepted, areAccepted ? "NoConflicts" : reason, areAccepted ? "no conflicts found" : message, time);
        if (areAccepted && !DefinitionConditions.IsTrue(definition, DefinitionConditions.Established))
        {
            DefinitionConditions.Set(definition, DefinitionConditions.Established, true, "InitialNamesAccepted", "the initial names have been accepted", time);
        }
        else if (!areAccepted && DefinitionConditions.Find(definition, DefinitionConditions.Established) is null)
        {
            DefinitionConditions.Set(definition, DefinitionConditions.Established, false, "NotAccepted", "not all names are accepted", time);
        }

        void Take(string field, IReadOnlySet<string> others, string conflict)
        {
            if (wanted.TextOrEmpty(field) == accepted.TextOrEmpty(field))
            {
                return;
            }

            if (others.Contains(wanted.TextOrEmpty(field)))
            {
                (reason, message) = (conflict, $"\"{wanted.TextOrEmpty(field)}\" is already in use");
            }
            else
            {
                accepted.Restore(wanted, field);
            }
        }

        void TakeShortNames()
        {
            var conflicts = wanted.Texts("shortNames").Where(entry => taken.Contains(entry.Item)).Select(static entry => $"\"{entry.Item}\" is already in use").ToList();
            if (conflicts.Count > 0)
            {
                (reason, message) = ("ShortNamesConflict", conflicts.Count == 1 ? conflicts[0] : $"[{string.Join(", ", conflicts)}]");
            }
            else
            {
                accepted.Restore(wanted, "shortNames");
            }
        }
    }
}
