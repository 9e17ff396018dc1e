//! The files of a case, as this actor may see them.

use gongzhi_kernel::{AppealId, Context, Failure};

use crate::actions::{Appeals, TrackingCode, find_readable};
use crate::model::AppealFile;
use crate::rules::files::is_public;
use crate::store::files as sql;

impl Appeals {
    /// The files of an appeal, the oldest first: all of them for its reporter and who handles it, to everybody else those
    /// that were found fit. `appeal-not-found` where the case is not theirs to see.
    pub async fn files(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
    ) -> Result<Vec<AppealFile>, Failure> {
        let (policies, directory, actor) = (self.policies().clone(), self.directory(), context.actor.clone());
        self.store()
            .read(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &actor, id, code.as_ref())?;
                let full = policies.permits(&actor, "appeal.read_full", &resource);
                let mut files = sql::files(tx, id)?;
                files.retain(|file| full || is_public(&appeal, file));
                Ok(files)
            })
            .await
    }

    /// Whether this actor may add files to the case, and whether they decide which of them everybody sees.
    pub async fn file_rights(
        &self,
        context: &Context,
        id: AppealId,
        code: Option<TrackingCode>,
    ) -> Result<(bool, bool), Failure> {
        let (policies, directory, actor) = (self.policies().clone(), self.directory(), context.actor.clone());
        self.store()
            .read(move |tx| {
                let (appeal, resource) = find_readable(tx, &policies, &directory, &actor, id, code.as_ref())?;
                let open = !matches!(
                    appeal.state.name(),
                    crate::model::StateName::Closed | crate::model::StateName::Withdrawn
                );
                let attach = open && policies.permits(&actor, "appeal.attach", &resource);
                let show =
                    appeal.visibility.is_public() && policies.permits(&actor, "appeal.show_file", &resource);
                Ok((attach, show))
            })
            .await
    }
}
